"use strict";
module.exports = validate52;
module.exports.default = validate52;
const schema19 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:sandkiln:schema:v1:Repository","title":"Repository: the policy of a repository","type":"object","required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","const":"sandkiln/v1"},"kind":{"type":"string","const":"Repository"},"metadata":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},"labels":{"type":"object","patternProperties":{"^[a-z0-9A-Z](?:[a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?$":{"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]{0,200}$"}},"additionalProperties":false,"maxProperties":64}},"additionalProperties":false},"spec":{"type":"object","properties":{"catalog":{"type":"object","properties":{"branch":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$"}},"additionalProperties":false},"stores":{"type":"object","required":["default"],"properties":{"default":{"type":"object","required":["fileSystem"],"properties":{"fileSystem":{"type":"object","properties":{},"additionalProperties":false}},"additionalProperties":false}},"additionalProperties":false},"builders":{"type":"object","properties":{"mmdebstrap":{"type":"object","properties":{"mirror":{"type":"string","pattern":"^https?://[A-Za-z0-9._:/~-]{1,500}$"},"securityMirror":{"type":"string","pattern":"^https?://[A-Za-z0-9._:/~-]{1,500}$"}},"additionalProperties":false}},"additionalProperties":false},"allowLists":{"type":"object","properties":{"permit":{"type":"array","items":{"type":"string","enum":["private","loopback","linkLocal","metadata","multicast","reserved","resolvers","sinkhole"]},"uniqueItems":true,"maxItems":8},"sinkhole":{"type":"array","items":{"type":"string","minLength":1,"maxLength":1024},"uniqueItems":true,"maxItems":64}},"additionalProperties":false},"safeguards":{"type":"object","properties":{"maxRetirePercent":{"type":"integer","minimum":0,"maximum":100}},"additionalProperties":false}},"additionalProperties":false}},"additionalProperties":false};
const pattern3 = new RegExp("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", "u");
const pattern4 = new RegExp("^[a-z0-9A-Z](?:[a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?$", "u");
const pattern6 = new RegExp("^[^\\u0000-\\u001f\\u007f]{0,200}$", "u");
const pattern7 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$", "u");
const pattern8 = new RegExp("^https?://[A-Za-z0-9._:/~-]{1,500}$", "u");
const func1 = (text) => { let count = 0; for (const _ of text) { count += 1; } return count; };

function validate52(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="urn:sandkiln:schema:v1:Repository" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate52.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"},message:"must have required property '"+"apiVersion"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"},message:"must have required property '"+"kind"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"},message:"must have required property '"+"metadata"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"},message:"must have required property '"+"spec"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if("sandkiln/v1" !== data0){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/const",keyword:"const",params:{allowedValue: "sandkiln/v1"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if("Repository" !== data1){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "Repository"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data2){
if(!((key1 === "name") || (key1 === "labels"))){
const err10 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(!pattern3.test(data3)){
const err11 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data2.labels !== undefined){
let data4 = data2.labels;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(Object.keys(data4).length > 64){
const err13 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 64},message:"must NOT have more than 64 properties"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key2 in data4){
if(!(pattern4.test(key2))){
const err14 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
for(const key3 in data4){
if(pattern4.test(key3)){
let data5 = data4[key3];
if(typeof data5 === "string"){
if(!pattern6.test(data5)){
const err15 = {instancePath:instancePath+"/metadata/labels/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/patternProperties/%5E%5Ba-z0-9A-Z%5D(%3F%3A%5Ba-zA-Z0-9._~1-%5D%7B0%2C61%7D%5Ba-zA-Z0-9%5D)%3F%24/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]{0,200}$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]{0,200}$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/labels/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/patternProperties/%5E%5Ba-z0-9A-Z%5D(%3F%3A%5Ba-zA-Z0-9._~1-%5D%7B0%2C61%7D%5Ba-zA-Z0-9%5D)%3F%24/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
}
else {
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.spec !== undefined){
let data6 = data.spec;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key4 in data6){
if(!(((((key4 === "catalog") || (key4 === "stores")) || (key4 === "builders")) || (key4 === "allowLists")) || (key4 === "safeguards"))){
const err19 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data6.catalog !== undefined){
let data7 = data6.catalog;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key5 in data7){
if(!(key5 === "branch")){
const err20 = {instancePath:instancePath+"/spec/catalog",schemaPath:"#/properties/spec/properties/catalog/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data7.branch !== undefined){
let data8 = data7.branch;
if(typeof data8 === "string"){
if(!pattern7.test(data8)){
const err21 = {instancePath:instancePath+"/spec/catalog/branch",schemaPath:"#/properties/spec/properties/catalog/properties/branch/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$"+"\""};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/spec/catalog/branch",schemaPath:"#/properties/spec/properties/catalog/properties/branch/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/spec/catalog",schemaPath:"#/properties/spec/properties/catalog/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data6.stores !== undefined){
let data9 = data6.stores;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.default === undefined){
const err24 = {instancePath:instancePath+"/spec/stores",schemaPath:"#/properties/spec/properties/stores/required",keyword:"required",params:{missingProperty: "default"},message:"must have required property '"+"default"+"'"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
for(const key6 in data9){
if(!(key6 === "default")){
const err25 = {instancePath:instancePath+"/spec/stores",schemaPath:"#/properties/spec/properties/stores/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data9.default !== undefined){
let data10 = data9.default;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.fileSystem === undefined){
const err26 = {instancePath:instancePath+"/spec/stores/default",schemaPath:"#/properties/spec/properties/stores/properties/default/required",keyword:"required",params:{missingProperty: "fileSystem"},message:"must have required property '"+"fileSystem"+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
for(const key7 in data10){
if(!(key7 === "fileSystem")){
const err27 = {instancePath:instancePath+"/spec/stores/default",schemaPath:"#/properties/spec/properties/stores/properties/default/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data10.fileSystem !== undefined){
let data11 = data10.fileSystem;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key8 in data11){
const err28 = {instancePath:instancePath+"/spec/stores/default/fileSystem",schemaPath:"#/properties/spec/properties/stores/properties/default/properties/fileSystem/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/spec/stores/default/fileSystem",schemaPath:"#/properties/spec/properties/stores/properties/default/properties/fileSystem/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/spec/stores/default",schemaPath:"#/properties/spec/properties/stores/properties/default/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath:instancePath+"/spec/stores",schemaPath:"#/properties/spec/properties/stores/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data6.builders !== undefined){
let data12 = data6.builders;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
for(const key9 in data12){
if(!(key9 === "mmdebstrap")){
const err32 = {instancePath:instancePath+"/spec/builders",schemaPath:"#/properties/spec/properties/builders/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data12.mmdebstrap !== undefined){
let data13 = data12.mmdebstrap;
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
for(const key10 in data13){
if(!((key10 === "mirror") || (key10 === "securityMirror"))){
const err33 = {instancePath:instancePath+"/spec/builders/mmdebstrap",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data13.mirror !== undefined){
let data14 = data13.mirror;
if(typeof data14 === "string"){
if(!pattern8.test(data14)){
const err34 = {instancePath:instancePath+"/spec/builders/mmdebstrap/mirror",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/properties/mirror/pattern",keyword:"pattern",params:{pattern: "^https?://[A-Za-z0-9._:/~-]{1,500}$"},message:"must match pattern \""+"^https?://[A-Za-z0-9._:/~-]{1,500}$"+"\""};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/spec/builders/mmdebstrap/mirror",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/properties/mirror/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data13.securityMirror !== undefined){
let data15 = data13.securityMirror;
if(typeof data15 === "string"){
if(!pattern8.test(data15)){
const err36 = {instancePath:instancePath+"/spec/builders/mmdebstrap/securityMirror",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/properties/securityMirror/pattern",keyword:"pattern",params:{pattern: "^https?://[A-Za-z0-9._:/~-]{1,500}$"},message:"must match pattern \""+"^https?://[A-Za-z0-9._:/~-]{1,500}$"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/spec/builders/mmdebstrap/securityMirror",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/properties/securityMirror/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/spec/builders/mmdebstrap",schemaPath:"#/properties/spec/properties/builders/properties/mmdebstrap/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/spec/builders",schemaPath:"#/properties/spec/properties/builders/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data6.allowLists !== undefined){
let data16 = data6.allowLists;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key11 in data16){
if(!((key11 === "permit") || (key11 === "sinkhole"))){
const err40 = {instancePath:instancePath+"/spec/allowLists",schemaPath:"#/properties/spec/properties/allowLists/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data16.permit !== undefined){
let data17 = data16.permit;
if(Array.isArray(data17)){
if(data17.length > 8){
const err41 = {instancePath:instancePath+"/spec/allowLists/permit",schemaPath:"#/properties/spec/properties/allowLists/properties/permit/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
const len0 = data17.length;
for(let i0=0; i0<len0; i0++){
let data18 = data17[i0];
if(typeof data18 !== "string"){
const err42 = {instancePath:instancePath+"/spec/allowLists/permit/" + i0,schemaPath:"#/properties/spec/properties/allowLists/properties/permit/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(!((((((((data18 === "private") || (data18 === "loopback")) || (data18 === "linkLocal")) || (data18 === "metadata")) || (data18 === "multicast")) || (data18 === "reserved")) || (data18 === "resolvers")) || (data18 === "sinkhole"))){
const err43 = {instancePath:instancePath+"/spec/allowLists/permit/" + i0,schemaPath:"#/properties/spec/properties/allowLists/properties/permit/items/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties.allowLists.properties.permit.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
let i1 = data17.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data17[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err44 = {instancePath:instancePath+"/spec/allowLists/permit",schemaPath:"#/properties/spec/properties/allowLists/properties/permit/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err45 = {instancePath:instancePath+"/spec/allowLists/permit",schemaPath:"#/properties/spec/properties/allowLists/properties/permit/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data16.sinkhole !== undefined){
let data19 = data16.sinkhole;
if(Array.isArray(data19)){
if(data19.length > 64){
const err46 = {instancePath:instancePath+"/spec/allowLists/sinkhole",schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len1 = data19.length;
for(let i2=0; i2<len1; i2++){
let data20 = data19[i2];
if(typeof data20 === "string"){
if(func1(data20) > 1024){
const err47 = {instancePath:instancePath+"/spec/allowLists/sinkhole/" + i2,schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/items/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(func1(data20) < 1){
const err48 = {instancePath:instancePath+"/spec/allowLists/sinkhole/" + i2,schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/spec/allowLists/sinkhole/" + i2,schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
let i3 = data19.length;
let j1;
if(i3 > 1){
const indices1 = {};
for(;i3--;){
let item1 = data19[i3];
if(typeof item1 !== "string"){
continue;
}
if(typeof indices1[item1] == "number"){
j1 = indices1[item1];
const err50 = {instancePath:instancePath+"/spec/allowLists/sinkhole",schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/uniqueItems",keyword:"uniqueItems",params:{i: i3, j: j1},message:"must NOT have duplicate items (items ## "+j1+" and "+i3+" are identical)"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
break;
}
indices1[item1] = i3;
}
}
}
else {
const err51 = {instancePath:instancePath+"/spec/allowLists/sinkhole",schemaPath:"#/properties/spec/properties/allowLists/properties/sinkhole/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath:instancePath+"/spec/allowLists",schemaPath:"#/properties/spec/properties/allowLists/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data6.safeguards !== undefined){
let data21 = data6.safeguards;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
for(const key12 in data21){
if(!(key12 === "maxRetirePercent")){
const err53 = {instancePath:instancePath+"/spec/safeguards",schemaPath:"#/properties/spec/properties/safeguards/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data21.maxRetirePercent !== undefined){
let data22 = data21.maxRetirePercent;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
const err54 = {instancePath:instancePath+"/spec/safeguards/maxRetirePercent",schemaPath:"#/properties/spec/properties/safeguards/properties/maxRetirePercent/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 > 100 || isNaN(data22)){
const err55 = {instancePath:instancePath+"/spec/safeguards/maxRetirePercent",schemaPath:"#/properties/spec/properties/safeguards/properties/maxRetirePercent/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100},message:"must be <= 100"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(data22 < 0 || isNaN(data22)){
const err56 = {instancePath:instancePath+"/spec/safeguards/maxRetirePercent",schemaPath:"#/properties/spec/properties/safeguards/properties/maxRetirePercent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
else {
const err57 = {instancePath:instancePath+"/spec/safeguards",schemaPath:"#/properties/spec/properties/safeguards/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
else {
const err59 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
validate52.errors = vErrors;
return errors === 0;
}
validate52.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
