"use strict";
module.exports = validate52;
module.exports.default = validate52;
const schema19 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:sandkiln:schema:v1:BuildProfile","title":"BuildProfile: defaults of how images are built and what is in them","type":"object","required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","const":"sandkiln/v1"},"kind":{"type":"string","const":"BuildProfile"},"metadata":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},"labels":{"type":"object","patternProperties":{"^[a-z0-9A-Z](?:[a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?$":{"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]{0,200}$"}},"additionalProperties":false,"maxProperties":64}},"additionalProperties":false},"spec":{"type":"object","properties":{"extends":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},"builder":{"type":"string","pattern":"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},"variant":{"type":"string","enum":["essential","apt","minbase"]},"limits":{"type":"object","properties":{"memory":{"type":"string","pattern":"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"},"cpus":{"type":"integer","minimum":1,"maximum":256},"warnAfter":{"type":"string","pattern":"^[1-9][0-9]{0,5}(?:s|m|h|d)$"},"stopAfter":{"type":"string","pattern":"^[1-9][0-9]{0,5}(?:s|m|h|d)$"}},"additionalProperties":false},"packages":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9+.-]{1,99}$"},"uniqueItems":true,"maxItems":5000},"packages+":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9+.-]{1,99}$"},"uniqueItems":true,"maxItems":5000},"packages-":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9+.-]{1,99}$"},"uniqueItems":true,"maxItems":5000},"users":{"type":"array","items":{"$ref":"#/$defs/users"},"maxItems":1000},"users+":{"type":"array","items":{"$ref":"#/$defs/users"},"maxItems":1000},"users-":{"type":"array","items":{"$ref":"#/$defs/users"},"maxItems":1000},"files":{"type":"array","items":{"$ref":"#/$defs/files"},"maxItems":5000},"files+":{"type":"array","items":{"$ref":"#/$defs/files"},"maxItems":5000},"files-":{"type":"array","items":{"$ref":"#/$defs/files"},"maxItems":5000},"services":{"type":"object","properties":{"enable":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500},"enable+":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500},"enable-":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500}},"additionalProperties":false},"hardening":{"type":"object","properties":{"lockRoot":{"type":"boolean"},"sysctl":{"type":"object","patternProperties":{"^[a-z0-9_]+(?:[./][A-Za-z0-9_*-]+)+$":{"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]{1,1000}$"}},"additionalProperties":false},"disableServices":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500},"disableServices+":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500},"disableServices-":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"uniqueItems":true,"maxItems":500},"mountOptions":{"type":"object","properties":{"/":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/+":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/-":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/tmp":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/tmp+":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/tmp-":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/var/tmp":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/var/tmp+":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/var/tmp-":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/dev/shm":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/dev/shm+":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true},"/dev/shm-":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9_=%]{1,64}$"},"maxItems":16,"uniqueItems":true}},"additionalProperties":false},"kernelCommandLine":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},"maxItems":64},"kernelCommandLine+":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},"maxItems":64},"kernelCommandLine-":{"type":"array","items":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},"maxItems":64}},"additionalProperties":false},"disk":{"type":"object","properties":{"size":{"type":"string","pattern":"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"},"bootLoader":{"type":"string","enum":["none","grub"]}},"additionalProperties":false},"outputs":{"type":"array","items":{"type":"string","enum":["rootfs","raw","qcow2","squashfs","oci"]},"uniqueItems":true,"minItems":1},"outputs+":{"type":"array","items":{"type":"string","enum":["rootfs","raw","qcow2","squashfs","oci"]},"uniqueItems":true},"outputs-":{"type":"array","items":{"type":"string","enum":["rootfs","raw","qcow2","squashfs","oci"]},"uniqueItems":true},"smokeTests":{"type":"array","items":{"$ref":"#/$defs/smokeTests"},"maxItems":200},"smokeTests+":{"type":"array","items":{"$ref":"#/$defs/smokeTests"},"maxItems":200},"smokeTests-":{"type":"array","items":{"$ref":"#/$defs/smokeTests"},"maxItems":200},"sizeBudget":{"type":"string","pattern":"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"}},"additionalProperties":false}},"additionalProperties":false,"$defs":{"users":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z_][a-z0-9_-]{0,31}$"},"uid":{"type":"integer","minimum":1000,"maximum":59999},"shell":{"type":"string","pattern":"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$","maxLength":4095},"home":{"type":"string","pattern":"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$","maxLength":4095},"groups":{"type":"array","items":{"type":"string","pattern":"^[a-z_][a-z0-9_-]{0,31}$"},"uniqueItems":true,"maxItems":64}},"additionalProperties":false},"files":{"type":"object","required":["path"],"properties":{"path":{"type":"string","pattern":"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$","maxLength":4095},"content":{"type":"string","maxLength":65536},"source":{"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]{1,1024}$"},"mode":{"type":"string","pattern":"^[0-7]{4}$"},"owner":{"type":"string","pattern":"^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$"}},"additionalProperties":false},"smokeTests":{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f]{1,200}$"},"tier":{"type":"integer","minimum":0,"maximum":3},"guestAgent":{"type":"string","const":"ping"},"command":{"type":"object","required":["run"],"properties":{"as":{"type":"string","pattern":"^[a-z_][a-z0-9_-]{0,31}$"},"run":{"type":"array","items":{"type":"string","pattern":"^[^\\u0000]{0,4096}$"},"minItems":1,"maxItems":64},"expect":{"type":"object","properties":{"exitCode":{"type":"integer","minimum":0,"maximum":255},"stdout":{"type":"string","maxLength":65536},"stdoutContains":{"type":"string","minLength":1,"maxLength":4096}},"additionalProperties":false}},"additionalProperties":false},"service":{"type":"object","required":["unit"],"properties":{"unit":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},"active":{"type":"boolean"}},"additionalProperties":false},"port":{"type":"object","required":["number"],"properties":{"number":{"type":"integer","minimum":1,"maximum":65535},"open":{"type":"boolean"}},"additionalProperties":false},"reach":{"type":"object","required":["address","port","reachable"],"properties":{"address":{"type":"string","pattern":"^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,252}|::[0-9a-f:.]{0,64})$"},"port":{"type":"integer","minimum":1,"maximum":65535},"reachable":{"type":"boolean"}},"additionalProperties":false},"file":{"type":"object","required":["path"],"properties":{"path":{"type":"string","pattern":"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$","maxLength":4095},"exists":{"type":"boolean"},"mode":{"type":"string","pattern":"^[0-7]{4}$"},"contains":{"type":"string","minLength":1,"maxLength":4096}},"additionalProperties":false}},"additionalProperties":false}}};
const pattern3 = new RegExp("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", "u");
const pattern4 = new RegExp("^[a-z0-9A-Z](?:[a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?$", "u");
const pattern6 = new RegExp("^[^\\u0000-\\u001f\\u007f]{0,200}$", "u");
const pattern9 = new RegExp("^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$", "u");
const pattern10 = new RegExp("^[1-9][0-9]{0,5}(?:s|m|h|d)$", "u");
const pattern12 = new RegExp("^[a-z0-9][a-z0-9+.-]{1,99}$", "u");
const pattern23 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$", "u");
const pattern26 = new RegExp("^[a-z0-9_]+(?:[./][A-Za-z0-9_*-]+)+$", "u");
const pattern28 = new RegExp("^[^\\u0000-\\u001f\\u007f]{1,1000}$", "u");
const pattern32 = new RegExp("^[a-z0-9_=%]{1,64}$", "u");
const pattern44 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$", "u");
const func1 = Object.prototype.hasOwnProperty;
const pattern15 = new RegExp("^[a-z_][a-z0-9_-]{0,31}$", "u");
const pattern16 = new RegExp("^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$", "u");
const func2 = (text) => { let count = 0; for (const _ of text) { count += 1; } return count; };

function validate53(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate53.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "name") || (key0 === "uid")) || (key0 === "shell")) || (key0 === "home")) || (key0 === "groups"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern15.test(data0)){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z_][a-z0-9_-]{0,31}$"},message:"must match pattern \""+"^[a-z_][a-z0-9_-]{0,31}$"+"\""};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.uid !== undefined){
let data1 = data.uid;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err4 = {instancePath:instancePath+"/uid",schemaPath:"#/properties/uid/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 59999 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/uid",schemaPath:"#/properties/uid/maximum",keyword:"maximum",params:{comparison: "<=", limit: 59999},message:"must be <= 59999"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1 < 1000 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/uid",schemaPath:"#/properties/uid/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1000},message:"must be >= 1000"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
if(data.shell !== undefined){
let data2 = data.shell;
if(typeof data2 === "string"){
if(func2(data2) > 4095){
const err7 = {instancePath:instancePath+"/shell",schemaPath:"#/properties/shell/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern16.test(data2)){
const err8 = {instancePath:instancePath+"/shell",schemaPath:"#/properties/shell/pattern",keyword:"pattern",params:{pattern: "^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"},message:"must match pattern \""+"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"+"\""};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/shell",schemaPath:"#/properties/shell/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.home !== undefined){
let data3 = data.home;
if(typeof data3 === "string"){
if(func2(data3) > 4095){
const err10 = {instancePath:instancePath+"/home",schemaPath:"#/properties/home/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern16.test(data3)){
const err11 = {instancePath:instancePath+"/home",schemaPath:"#/properties/home/pattern",keyword:"pattern",params:{pattern: "^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"},message:"must match pattern \""+"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"+"\""};
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
const err12 = {instancePath:instancePath+"/home",schemaPath:"#/properties/home/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.groups !== undefined){
let data4 = data.groups;
if(Array.isArray(data4)){
if(data4.length > 64){
const err13 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(typeof data5 === "string"){
if(!pattern15.test(data5)){
const err14 = {instancePath:instancePath+"/groups/" + i0,schemaPath:"#/properties/groups/items/pattern",keyword:"pattern",params:{pattern: "^[a-z_][a-z0-9_-]{0,31}$"},message:"must match pattern \""+"^[a-z_][a-z0-9_-]{0,31}$"+"\""};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/groups/" + i0,schemaPath:"#/properties/groups/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
let i1 = data4.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data4[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err16 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err17 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "array"},message:"must be array"};
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
const err18 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
validate53.errors = vErrors;
return errors === 0;
}
validate53.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const pattern20 = new RegExp("^[^\\u0000-\\u001f\\u007f]{1,1024}$", "u");
const pattern21 = new RegExp("^[0-7]{4}$", "u");
const pattern22 = new RegExp("^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$", "u");

function validate57(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate57.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.path === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "path") || (key0 === "content")) || (key0 === "source")) || (key0 === "mode")) || (key0 === "owner"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.path !== undefined){
let data0 = data.path;
if(typeof data0 === "string"){
if(func2(data0) > 4095){
const err2 = {instancePath:instancePath+"/path",schemaPath:"#/properties/path/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern16.test(data0)){
const err3 = {instancePath:instancePath+"/path",schemaPath:"#/properties/path/pattern",keyword:"pattern",params:{pattern: "^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"},message:"must match pattern \""+"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"+"\""};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/path",schemaPath:"#/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.content !== undefined){
let data1 = data.content;
if(typeof data1 === "string"){
if(func2(data1) > 65536){
const err5 = {instancePath:instancePath+"/content",schemaPath:"#/properties/content/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/content",schemaPath:"#/properties/content/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.source !== undefined){
let data2 = data.source;
if(typeof data2 === "string"){
if(!pattern20.test(data2)){
const err7 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]{1,1024}$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]{1,1024}$"+"\""};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.mode !== undefined){
let data3 = data.mode;
if(typeof data3 === "string"){
if(!pattern21.test(data3)){
const err9 = {instancePath:instancePath+"/mode",schemaPath:"#/properties/mode/pattern",keyword:"pattern",params:{pattern: "^[0-7]{4}$"},message:"must match pattern \""+"^[0-7]{4}$"+"\""};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/mode",schemaPath:"#/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.owner !== undefined){
let data4 = data.owner;
if(typeof data4 === "string"){
if(!pattern22.test(data4)){
const err11 = {instancePath:instancePath+"/owner",schemaPath:"#/properties/owner/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$"},message:"must match pattern \""+"^[a-z0-9_][a-z0-9_-]{0,31}:[a-z0-9_][a-z0-9_-]{0,31}$"+"\""};
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
const err12 = {instancePath:instancePath+"/owner",schemaPath:"#/properties/owner/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
validate57.errors = vErrors;
return errors === 0;
}
validate57.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const pattern48 = new RegExp("^[^\\u0000-\\u001f\\u007f]{1,200}$", "u");
const pattern50 = new RegExp("^[^\\u0000]{0,4096}$", "u");
const pattern52 = new RegExp("^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,252}|::[0-9a-f:.]{0,64})$", "u");

function validate61(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate61.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((((key0 === "name") || (key0 === "tier")) || (key0 === "guestAgent")) || (key0 === "command")) || (key0 === "service")) || (key0 === "port")) || (key0 === "reach")) || (key0 === "file"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern48.test(data0)){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]{1,200}$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]{1,200}$"+"\""};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.tier !== undefined){
let data1 = data.tier;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err4 = {instancePath:instancePath+"/tier",schemaPath:"#/properties/tier/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 3 || isNaN(data1)){
const err5 = {instancePath:instancePath+"/tier",schemaPath:"#/properties/tier/maximum",keyword:"maximum",params:{comparison: "<=", limit: 3},message:"must be <= 3"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/tier",schemaPath:"#/properties/tier/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
if(data.guestAgent !== undefined){
let data2 = data.guestAgent;
if(typeof data2 !== "string"){
const err7 = {instancePath:instancePath+"/guestAgent",schemaPath:"#/properties/guestAgent/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if("ping" !== data2){
const err8 = {instancePath:instancePath+"/guestAgent",schemaPath:"#/properties/guestAgent/const",keyword:"const",params:{allowedValue: "ping"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.command !== undefined){
let data3 = data.command;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.run === undefined){
const err9 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/required",keyword:"required",params:{missingProperty: "run"},message:"must have required property '"+"run"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data3){
if(!(((key1 === "as") || (key1 === "run")) || (key1 === "expect"))){
const err10 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data3.as !== undefined){
let data4 = data3.as;
if(typeof data4 === "string"){
if(!pattern15.test(data4)){
const err11 = {instancePath:instancePath+"/command/as",schemaPath:"#/properties/command/properties/as/pattern",keyword:"pattern",params:{pattern: "^[a-z_][a-z0-9_-]{0,31}$"},message:"must match pattern \""+"^[a-z_][a-z0-9_-]{0,31}$"+"\""};
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
const err12 = {instancePath:instancePath+"/command/as",schemaPath:"#/properties/command/properties/as/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data3.run !== undefined){
let data5 = data3.run;
if(Array.isArray(data5)){
if(data5.length > 64){
const err13 = {instancePath:instancePath+"/command/run",schemaPath:"#/properties/command/properties/run/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data5.length < 1){
const err14 = {instancePath:instancePath+"/command/run",schemaPath:"#/properties/command/properties/run/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len0 = data5.length;
for(let i0=0; i0<len0; i0++){
let data6 = data5[i0];
if(typeof data6 === "string"){
if(!pattern50.test(data6)){
const err15 = {instancePath:instancePath+"/command/run/" + i0,schemaPath:"#/properties/command/properties/run/items/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]{0,4096}$"},message:"must match pattern \""+"^[^\\u0000]{0,4096}$"+"\""};
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
const err16 = {instancePath:instancePath+"/command/run/" + i0,schemaPath:"#/properties/command/properties/run/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
else {
const err17 = {instancePath:instancePath+"/command/run",schemaPath:"#/properties/command/properties/run/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data3.expect !== undefined){
let data7 = data3.expect;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
for(const key2 in data7){
if(!(((key2 === "exitCode") || (key2 === "stdout")) || (key2 === "stdoutContains"))){
const err18 = {instancePath:instancePath+"/command/expect",schemaPath:"#/properties/command/properties/expect/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data7.exitCode !== undefined){
let data8 = data7.exitCode;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err19 = {instancePath:instancePath+"/command/expect/exitCode",schemaPath:"#/properties/command/properties/expect/properties/exitCode/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 255 || isNaN(data8)){
const err20 = {instancePath:instancePath+"/command/expect/exitCode",schemaPath:"#/properties/command/properties/expect/properties/exitCode/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255},message:"must be <= 255"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err21 = {instancePath:instancePath+"/command/expect/exitCode",schemaPath:"#/properties/command/properties/expect/properties/exitCode/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
if(data7.stdout !== undefined){
let data9 = data7.stdout;
if(typeof data9 === "string"){
if(func2(data9) > 65536){
const err22 = {instancePath:instancePath+"/command/expect/stdout",schemaPath:"#/properties/command/properties/expect/properties/stdout/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/command/expect/stdout",schemaPath:"#/properties/command/properties/expect/properties/stdout/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data7.stdoutContains !== undefined){
let data10 = data7.stdoutContains;
if(typeof data10 === "string"){
if(func2(data10) > 4096){
const err24 = {instancePath:instancePath+"/command/expect/stdoutContains",schemaPath:"#/properties/command/properties/expect/properties/stdoutContains/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(func2(data10) < 1){
const err25 = {instancePath:instancePath+"/command/expect/stdoutContains",schemaPath:"#/properties/command/properties/expect/properties/stdoutContains/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/command/expect/stdoutContains",schemaPath:"#/properties/command/properties/expect/properties/stdoutContains/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath:instancePath+"/command/expect",schemaPath:"#/properties/command/properties/expect/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
else {
const err28 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.service !== undefined){
let data11 = data.service;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.unit === undefined){
const err29 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/required",keyword:"required",params:{missingProperty: "unit"},message:"must have required property '"+"unit"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
for(const key3 in data11){
if(!((key3 === "unit") || (key3 === "active"))){
const err30 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data11.unit !== undefined){
let data12 = data11.unit;
if(typeof data12 === "string"){
if(!pattern23.test(data12)){
const err31 = {instancePath:instancePath+"/service/unit",schemaPath:"#/properties/service/properties/unit/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/service/unit",schemaPath:"#/properties/service/properties/unit/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data11.active !== undefined){
if(typeof data11.active !== "boolean"){
const err33 = {instancePath:instancePath+"/service/active",schemaPath:"#/properties/service/properties/active/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.port !== undefined){
let data14 = data.port;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(data14.number === undefined){
const err35 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/required",keyword:"required",params:{missingProperty: "number"},message:"must have required property '"+"number"+"'"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
for(const key4 in data14){
if(!((key4 === "number") || (key4 === "open"))){
const err36 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data14.number !== undefined){
let data15 = data14.number;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
const err37 = {instancePath:instancePath+"/port/number",schemaPath:"#/properties/port/properties/number/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 > 65535 || isNaN(data15)){
const err38 = {instancePath:instancePath+"/port/number",schemaPath:"#/properties/port/properties/number/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data15 < 1 || isNaN(data15)){
const err39 = {instancePath:instancePath+"/port/number",schemaPath:"#/properties/port/properties/number/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
if(data14.open !== undefined){
if(typeof data14.open !== "boolean"){
const err40 = {instancePath:instancePath+"/port/open",schemaPath:"#/properties/port/properties/open/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
else {
const err41 = {instancePath:instancePath+"/port",schemaPath:"#/properties/port/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data.reach !== undefined){
let data17 = data.reach;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
if(data17.address === undefined){
const err42 = {instancePath:instancePath+"/reach",schemaPath:"#/properties/reach/required",keyword:"required",params:{missingProperty: "address"},message:"must have required property '"+"address"+"'"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data17.port === undefined){
const err43 = {instancePath:instancePath+"/reach",schemaPath:"#/properties/reach/required",keyword:"required",params:{missingProperty: "port"},message:"must have required property '"+"port"+"'"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data17.reachable === undefined){
const err44 = {instancePath:instancePath+"/reach",schemaPath:"#/properties/reach/required",keyword:"required",params:{missingProperty: "reachable"},message:"must have required property '"+"reachable"+"'"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
for(const key5 in data17){
if(!(((key5 === "address") || (key5 === "port")) || (key5 === "reachable"))){
const err45 = {instancePath:instancePath+"/reach",schemaPath:"#/properties/reach/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data17.address !== undefined){
let data18 = data17.address;
if(typeof data18 === "string"){
if(!pattern52.test(data18)){
const err46 = {instancePath:instancePath+"/reach/address",schemaPath:"#/properties/reach/properties/address/pattern",keyword:"pattern",params:{pattern: "^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,252}|::[0-9a-f:.]{0,64})$"},message:"must match pattern \""+"^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,252}|::[0-9a-f:.]{0,64})$"+"\""};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/reach/address",schemaPath:"#/properties/reach/properties/address/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data17.port !== undefined){
let data19 = data17.port;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err48 = {instancePath:instancePath+"/reach/port",schemaPath:"#/properties/reach/properties/port/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 65535 || isNaN(data19)){
const err49 = {instancePath:instancePath+"/reach/port",schemaPath:"#/properties/reach/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data19 < 1 || isNaN(data19)){
const err50 = {instancePath:instancePath+"/reach/port",schemaPath:"#/properties/reach/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
if(data17.reachable !== undefined){
if(typeof data17.reachable !== "boolean"){
const err51 = {instancePath:instancePath+"/reach/reachable",schemaPath:"#/properties/reach/properties/reachable/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
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
const err52 = {instancePath:instancePath+"/reach",schemaPath:"#/properties/reach/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data.file !== undefined){
let data21 = data.file;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.path === undefined){
const err53 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/required",keyword:"required",params:{missingProperty: "path"},message:"must have required property '"+"path"+"'"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
for(const key6 in data21){
if(!((((key6 === "path") || (key6 === "exists")) || (key6 === "mode")) || (key6 === "contains"))){
const err54 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data21.path !== undefined){
let data22 = data21.path;
if(typeof data22 === "string"){
if(func2(data22) > 4095){
const err55 = {instancePath:instancePath+"/file/path",schemaPath:"#/properties/file/properties/path/maxLength",keyword:"maxLength",params:{limit: 4095},message:"must NOT have more than 4095 characters"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(!pattern16.test(data22)){
const err56 = {instancePath:instancePath+"/file/path",schemaPath:"#/properties/file/properties/path/pattern",keyword:"pattern",params:{pattern: "^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"},message:"must match pattern \""+"^(?:/(?!\\.{1,2}(?:/|$))[^/\\u0000-\\u001f\\u007f]{1,255})+$"+"\""};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/file/path",schemaPath:"#/properties/file/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data21.exists !== undefined){
if(typeof data21.exists !== "boolean"){
const err58 = {instancePath:instancePath+"/file/exists",schemaPath:"#/properties/file/properties/exists/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data21.mode !== undefined){
let data24 = data21.mode;
if(typeof data24 === "string"){
if(!pattern21.test(data24)){
const err59 = {instancePath:instancePath+"/file/mode",schemaPath:"#/properties/file/properties/mode/pattern",keyword:"pattern",params:{pattern: "^[0-7]{4}$"},message:"must match pattern \""+"^[0-7]{4}$"+"\""};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
else {
const err60 = {instancePath:instancePath+"/file/mode",schemaPath:"#/properties/file/properties/mode/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data21.contains !== undefined){
let data25 = data21.contains;
if(typeof data25 === "string"){
if(func2(data25) > 4096){
const err61 = {instancePath:instancePath+"/file/contains",schemaPath:"#/properties/file/properties/contains/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(func2(data25) < 1){
const err62 = {instancePath:instancePath+"/file/contains",schemaPath:"#/properties/file/properties/contains/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath:instancePath+"/file/contains",schemaPath:"#/properties/file/properties/contains/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
else {
const err64 = {instancePath:instancePath+"/file",schemaPath:"#/properties/file/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
else {
const err65 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
validate61.errors = vErrors;
return errors === 0;
}
validate61.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate52(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="urn:sandkiln:schema:v1:BuildProfile" */;
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
if("BuildProfile" !== data1){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "BuildProfile"},message:"must be equal to constant"};
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
if(!(func1.call(schema19.properties.spec.properties, key4))){
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
if(data6.extends !== undefined){
let data7 = data6.extends;
if(typeof data7 === "string"){
if(!pattern3.test(data7)){
const err20 = {instancePath:instancePath+"/spec/extends",schemaPath:"#/properties/spec/properties/extends/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/spec/extends",schemaPath:"#/properties/spec/properties/extends/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6.builder !== undefined){
let data8 = data6.builder;
if(typeof data8 === "string"){
if(!pattern3.test(data8)){
const err22 = {instancePath:instancePath+"/spec/builder",schemaPath:"#/properties/spec/properties/builder/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"},message:"must match pattern \""+"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"+"\""};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/spec/builder",schemaPath:"#/properties/spec/properties/builder/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data6.variant !== undefined){
let data9 = data6.variant;
if(typeof data9 !== "string"){
const err24 = {instancePath:instancePath+"/spec/variant",schemaPath:"#/properties/spec/properties/variant/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(!(((data9 === "essential") || (data9 === "apt")) || (data9 === "minbase"))){
const err25 = {instancePath:instancePath+"/spec/variant",schemaPath:"#/properties/spec/properties/variant/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties.variant.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data6.limits !== undefined){
let data10 = data6.limits;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
for(const key5 in data10){
if(!((((key5 === "memory") || (key5 === "cpus")) || (key5 === "warnAfter")) || (key5 === "stopAfter"))){
const err26 = {instancePath:instancePath+"/spec/limits",schemaPath:"#/properties/spec/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data10.memory !== undefined){
let data11 = data10.memory;
if(typeof data11 === "string"){
if(!pattern9.test(data11)){
const err27 = {instancePath:instancePath+"/spec/limits/memory",schemaPath:"#/properties/spec/properties/limits/properties/memory/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"},message:"must match pattern \""+"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"+"\""};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/spec/limits/memory",schemaPath:"#/properties/spec/properties/limits/properties/memory/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data10.cpus !== undefined){
let data12 = data10.cpus;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err29 = {instancePath:instancePath+"/spec/limits/cpus",schemaPath:"#/properties/spec/properties/limits/properties/cpus/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 256 || isNaN(data12)){
const err30 = {instancePath:instancePath+"/spec/limits/cpus",schemaPath:"#/properties/spec/properties/limits/properties/cpus/maximum",keyword:"maximum",params:{comparison: "<=", limit: 256},message:"must be <= 256"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data12 < 1 || isNaN(data12)){
const err31 = {instancePath:instancePath+"/spec/limits/cpus",schemaPath:"#/properties/spec/properties/limits/properties/cpus/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
if(data10.warnAfter !== undefined){
let data13 = data10.warnAfter;
if(typeof data13 === "string"){
if(!pattern10.test(data13)){
const err32 = {instancePath:instancePath+"/spec/limits/warnAfter",schemaPath:"#/properties/spec/properties/limits/properties/warnAfter/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(?:s|m|h|d)$"},message:"must match pattern \""+"^[1-9][0-9]{0,5}(?:s|m|h|d)$"+"\""};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/spec/limits/warnAfter",schemaPath:"#/properties/spec/properties/limits/properties/warnAfter/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data10.stopAfter !== undefined){
let data14 = data10.stopAfter;
if(typeof data14 === "string"){
if(!pattern10.test(data14)){
const err34 = {instancePath:instancePath+"/spec/limits/stopAfter",schemaPath:"#/properties/spec/properties/limits/properties/stopAfter/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(?:s|m|h|d)$"},message:"must match pattern \""+"^[1-9][0-9]{0,5}(?:s|m|h|d)$"+"\""};
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
const err35 = {instancePath:instancePath+"/spec/limits/stopAfter",schemaPath:"#/properties/spec/properties/limits/properties/stopAfter/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
else {
const err36 = {instancePath:instancePath+"/spec/limits",schemaPath:"#/properties/spec/properties/limits/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data6.packages !== undefined){
let data15 = data6.packages;
if(Array.isArray(data15)){
if(data15.length > 5000){
const err37 = {instancePath:instancePath+"/spec/packages",schemaPath:"#/properties/spec/properties/packages/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 === "string"){
if(!pattern12.test(data16)){
const err38 = {instancePath:instancePath+"/spec/packages/" + i0,schemaPath:"#/properties/spec/properties/packages/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9+.-]{1,99}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9+.-]{1,99}$"+"\""};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/spec/packages/" + i0,schemaPath:"#/properties/spec/properties/packages/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
let i1 = data15.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data15[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err40 = {instancePath:instancePath+"/spec/packages",schemaPath:"#/properties/spec/properties/packages/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0},message:"must NOT have duplicate items (items ## "+j0+" and "+i1+" are identical)"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err41 = {instancePath:instancePath+"/spec/packages",schemaPath:"#/properties/spec/properties/packages/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data6["packages+"] !== undefined){
let data17 = data6["packages+"];
if(Array.isArray(data17)){
if(data17.length > 5000){
const err42 = {instancePath:instancePath+"/spec/packages+",schemaPath:"#/properties/spec/properties/packages%2B/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
const len1 = data17.length;
for(let i2=0; i2<len1; i2++){
let data18 = data17[i2];
if(typeof data18 === "string"){
if(!pattern12.test(data18)){
const err43 = {instancePath:instancePath+"/spec/packages+/" + i2,schemaPath:"#/properties/spec/properties/packages%2B/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9+.-]{1,99}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9+.-]{1,99}$"+"\""};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/spec/packages+/" + i2,schemaPath:"#/properties/spec/properties/packages%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let i3 = data17.length;
let j1;
if(i3 > 1){
const indices1 = {};
for(;i3--;){
let item1 = data17[i3];
if(typeof item1 !== "string"){
continue;
}
if(typeof indices1[item1] == "number"){
j1 = indices1[item1];
const err45 = {instancePath:instancePath+"/spec/packages+",schemaPath:"#/properties/spec/properties/packages%2B/uniqueItems",keyword:"uniqueItems",params:{i: i3, j: j1},message:"must NOT have duplicate items (items ## "+j1+" and "+i3+" are identical)"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
break;
}
indices1[item1] = i3;
}
}
}
else {
const err46 = {instancePath:instancePath+"/spec/packages+",schemaPath:"#/properties/spec/properties/packages%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data6["packages-"] !== undefined){
let data19 = data6["packages-"];
if(Array.isArray(data19)){
if(data19.length > 5000){
const err47 = {instancePath:instancePath+"/spec/packages-",schemaPath:"#/properties/spec/properties/packages-/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
const len2 = data19.length;
for(let i4=0; i4<len2; i4++){
let data20 = data19[i4];
if(typeof data20 === "string"){
if(!pattern12.test(data20)){
const err48 = {instancePath:instancePath+"/spec/packages-/" + i4,schemaPath:"#/properties/spec/properties/packages-/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9+.-]{1,99}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9+.-]{1,99}$"+"\""};
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
const err49 = {instancePath:instancePath+"/spec/packages-/" + i4,schemaPath:"#/properties/spec/properties/packages-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
let i5 = data19.length;
let j2;
if(i5 > 1){
const indices2 = {};
for(;i5--;){
let item2 = data19[i5];
if(typeof item2 !== "string"){
continue;
}
if(typeof indices2[item2] == "number"){
j2 = indices2[item2];
const err50 = {instancePath:instancePath+"/spec/packages-",schemaPath:"#/properties/spec/properties/packages-/uniqueItems",keyword:"uniqueItems",params:{i: i5, j: j2},message:"must NOT have duplicate items (items ## "+j2+" and "+i5+" are identical)"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
break;
}
indices2[item2] = i5;
}
}
}
else {
const err51 = {instancePath:instancePath+"/spec/packages-",schemaPath:"#/properties/spec/properties/packages-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data6.users !== undefined){
let data21 = data6.users;
if(Array.isArray(data21)){
if(data21.length > 1000){
const err52 = {instancePath:instancePath+"/spec/users",schemaPath:"#/properties/spec/properties/users/maxItems",keyword:"maxItems",params:{limit: 1000},message:"must NOT have more than 1000 items"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
const len3 = data21.length;
for(let i6=0; i6<len3; i6++){
if(!(validate53(data21[i6], {instancePath:instancePath+"/spec/users/" + i6,parentData:data21,parentDataProperty:i6,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
}
else {
const err53 = {instancePath:instancePath+"/spec/users",schemaPath:"#/properties/spec/properties/users/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data6["users+"] !== undefined){
let data23 = data6["users+"];
if(Array.isArray(data23)){
if(data23.length > 1000){
const err54 = {instancePath:instancePath+"/spec/users+",schemaPath:"#/properties/spec/properties/users%2B/maxItems",keyword:"maxItems",params:{limit: 1000},message:"must NOT have more than 1000 items"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
const len4 = data23.length;
for(let i7=0; i7<len4; i7++){
if(!(validate53(data23[i7], {instancePath:instancePath+"/spec/users+/" + i7,parentData:data23,parentDataProperty:i7,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
}
else {
const err55 = {instancePath:instancePath+"/spec/users+",schemaPath:"#/properties/spec/properties/users%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data6["users-"] !== undefined){
let data25 = data6["users-"];
if(Array.isArray(data25)){
if(data25.length > 1000){
const err56 = {instancePath:instancePath+"/spec/users-",schemaPath:"#/properties/spec/properties/users-/maxItems",keyword:"maxItems",params:{limit: 1000},message:"must NOT have more than 1000 items"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
const len5 = data25.length;
for(let i8=0; i8<len5; i8++){
if(!(validate53(data25[i8], {instancePath:instancePath+"/spec/users-/" + i8,parentData:data25,parentDataProperty:i8,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
}
else {
const err57 = {instancePath:instancePath+"/spec/users-",schemaPath:"#/properties/spec/properties/users-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data6.files !== undefined){
let data27 = data6.files;
if(Array.isArray(data27)){
if(data27.length > 5000){
const err58 = {instancePath:instancePath+"/spec/files",schemaPath:"#/properties/spec/properties/files/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
const len6 = data27.length;
for(let i9=0; i9<len6; i9++){
if(!(validate57(data27[i9], {instancePath:instancePath+"/spec/files/" + i9,parentData:data27,parentDataProperty:i9,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate57.errors : vErrors.concat(validate57.errors);
errors = vErrors.length;
}
}
}
else {
const err59 = {instancePath:instancePath+"/spec/files",schemaPath:"#/properties/spec/properties/files/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data6["files+"] !== undefined){
let data29 = data6["files+"];
if(Array.isArray(data29)){
if(data29.length > 5000){
const err60 = {instancePath:instancePath+"/spec/files+",schemaPath:"#/properties/spec/properties/files%2B/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
const len7 = data29.length;
for(let i10=0; i10<len7; i10++){
if(!(validate57(data29[i10], {instancePath:instancePath+"/spec/files+/" + i10,parentData:data29,parentDataProperty:i10,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate57.errors : vErrors.concat(validate57.errors);
errors = vErrors.length;
}
}
}
else {
const err61 = {instancePath:instancePath+"/spec/files+",schemaPath:"#/properties/spec/properties/files%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data6["files-"] !== undefined){
let data31 = data6["files-"];
if(Array.isArray(data31)){
if(data31.length > 5000){
const err62 = {instancePath:instancePath+"/spec/files-",schemaPath:"#/properties/spec/properties/files-/maxItems",keyword:"maxItems",params:{limit: 5000},message:"must NOT have more than 5000 items"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
const len8 = data31.length;
for(let i11=0; i11<len8; i11++){
if(!(validate57(data31[i11], {instancePath:instancePath+"/spec/files-/" + i11,parentData:data31,parentDataProperty:i11,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate57.errors : vErrors.concat(validate57.errors);
errors = vErrors.length;
}
}
}
else {
const err63 = {instancePath:instancePath+"/spec/files-",schemaPath:"#/properties/spec/properties/files-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data6.services !== undefined){
let data33 = data6.services;
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
for(const key6 in data33){
if(!(((key6 === "enable") || (key6 === "enable+")) || (key6 === "enable-"))){
const err64 = {instancePath:instancePath+"/spec/services",schemaPath:"#/properties/spec/properties/services/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data33.enable !== undefined){
let data34 = data33.enable;
if(Array.isArray(data34)){
if(data34.length > 500){
const err65 = {instancePath:instancePath+"/spec/services/enable",schemaPath:"#/properties/spec/properties/services/properties/enable/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
const len9 = data34.length;
for(let i12=0; i12<len9; i12++){
let data35 = data34[i12];
if(typeof data35 === "string"){
if(!pattern23.test(data35)){
const err66 = {instancePath:instancePath+"/spec/services/enable/" + i12,schemaPath:"#/properties/spec/properties/services/properties/enable/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
else {
const err67 = {instancePath:instancePath+"/spec/services/enable/" + i12,schemaPath:"#/properties/spec/properties/services/properties/enable/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
let i13 = data34.length;
let j3;
if(i13 > 1){
const indices3 = {};
for(;i13--;){
let item3 = data34[i13];
if(typeof item3 !== "string"){
continue;
}
if(typeof indices3[item3] == "number"){
j3 = indices3[item3];
const err68 = {instancePath:instancePath+"/spec/services/enable",schemaPath:"#/properties/spec/properties/services/properties/enable/uniqueItems",keyword:"uniqueItems",params:{i: i13, j: j3},message:"must NOT have duplicate items (items ## "+j3+" and "+i13+" are identical)"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
break;
}
indices3[item3] = i13;
}
}
}
else {
const err69 = {instancePath:instancePath+"/spec/services/enable",schemaPath:"#/properties/spec/properties/services/properties/enable/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data33["enable+"] !== undefined){
let data36 = data33["enable+"];
if(Array.isArray(data36)){
if(data36.length > 500){
const err70 = {instancePath:instancePath+"/spec/services/enable+",schemaPath:"#/properties/spec/properties/services/properties/enable%2B/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
const len10 = data36.length;
for(let i14=0; i14<len10; i14++){
let data37 = data36[i14];
if(typeof data37 === "string"){
if(!pattern23.test(data37)){
const err71 = {instancePath:instancePath+"/spec/services/enable+/" + i14,schemaPath:"#/properties/spec/properties/services/properties/enable%2B/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
else {
const err72 = {instancePath:instancePath+"/spec/services/enable+/" + i14,schemaPath:"#/properties/spec/properties/services/properties/enable%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
let i15 = data36.length;
let j4;
if(i15 > 1){
const indices4 = {};
for(;i15--;){
let item4 = data36[i15];
if(typeof item4 !== "string"){
continue;
}
if(typeof indices4[item4] == "number"){
j4 = indices4[item4];
const err73 = {instancePath:instancePath+"/spec/services/enable+",schemaPath:"#/properties/spec/properties/services/properties/enable%2B/uniqueItems",keyword:"uniqueItems",params:{i: i15, j: j4},message:"must NOT have duplicate items (items ## "+j4+" and "+i15+" are identical)"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
break;
}
indices4[item4] = i15;
}
}
}
else {
const err74 = {instancePath:instancePath+"/spec/services/enable+",schemaPath:"#/properties/spec/properties/services/properties/enable%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data33["enable-"] !== undefined){
let data38 = data33["enable-"];
if(Array.isArray(data38)){
if(data38.length > 500){
const err75 = {instancePath:instancePath+"/spec/services/enable-",schemaPath:"#/properties/spec/properties/services/properties/enable-/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
const len11 = data38.length;
for(let i16=0; i16<len11; i16++){
let data39 = data38[i16];
if(typeof data39 === "string"){
if(!pattern23.test(data39)){
const err76 = {instancePath:instancePath+"/spec/services/enable-/" + i16,schemaPath:"#/properties/spec/properties/services/properties/enable-/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
else {
const err77 = {instancePath:instancePath+"/spec/services/enable-/" + i16,schemaPath:"#/properties/spec/properties/services/properties/enable-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
let i17 = data38.length;
let j5;
if(i17 > 1){
const indices5 = {};
for(;i17--;){
let item5 = data38[i17];
if(typeof item5 !== "string"){
continue;
}
if(typeof indices5[item5] == "number"){
j5 = indices5[item5];
const err78 = {instancePath:instancePath+"/spec/services/enable-",schemaPath:"#/properties/spec/properties/services/properties/enable-/uniqueItems",keyword:"uniqueItems",params:{i: i17, j: j5},message:"must NOT have duplicate items (items ## "+j5+" and "+i17+" are identical)"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
break;
}
indices5[item5] = i17;
}
}
}
else {
const err79 = {instancePath:instancePath+"/spec/services/enable-",schemaPath:"#/properties/spec/properties/services/properties/enable-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
}
else {
const err80 = {instancePath:instancePath+"/spec/services",schemaPath:"#/properties/spec/properties/services/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data6.hardening !== undefined){
let data40 = data6.hardening;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key7 in data40){
if(!(func1.call(schema19.properties.spec.properties.hardening.properties, key7))){
const err81 = {instancePath:instancePath+"/spec/hardening",schemaPath:"#/properties/spec/properties/hardening/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data40.lockRoot !== undefined){
if(typeof data40.lockRoot !== "boolean"){
const err82 = {instancePath:instancePath+"/spec/hardening/lockRoot",schemaPath:"#/properties/spec/properties/hardening/properties/lockRoot/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data40.sysctl !== undefined){
let data42 = data40.sysctl;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
for(const key8 in data42){
if(!(pattern26.test(key8))){
const err83 = {instancePath:instancePath+"/spec/hardening/sysctl",schemaPath:"#/properties/spec/properties/hardening/properties/sysctl/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
for(const key9 in data42){
if(pattern26.test(key9)){
let data43 = data42[key9];
if(typeof data43 === "string"){
if(!pattern28.test(data43)){
const err84 = {instancePath:instancePath+"/spec/hardening/sysctl/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/hardening/properties/sysctl/patternProperties/%5E%5Ba-z0-9_%5D%2B(%3F%3A%5B.~1%5D%5BA-Za-z0-9_*-%5D%2B)%2B%24/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f\\u007f]{1,1000}$"},message:"must match pattern \""+"^[^\\u0000-\\u001f\\u007f]{1,1000}$"+"\""};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/spec/hardening/sysctl/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/hardening/properties/sysctl/patternProperties/%5E%5Ba-z0-9_%5D%2B(%3F%3A%5B.~1%5D%5BA-Za-z0-9_*-%5D%2B)%2B%24/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
}
else {
const err86 = {instancePath:instancePath+"/spec/hardening/sysctl",schemaPath:"#/properties/spec/properties/hardening/properties/sysctl/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data40.disableServices !== undefined){
let data44 = data40.disableServices;
if(Array.isArray(data44)){
if(data44.length > 500){
const err87 = {instancePath:instancePath+"/spec/hardening/disableServices",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
const len12 = data44.length;
for(let i18=0; i18<len12; i18++){
let data45 = data44[i18];
if(typeof data45 === "string"){
if(!pattern23.test(data45)){
const err88 = {instancePath:instancePath+"/spec/hardening/disableServices/" + i18,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/spec/hardening/disableServices/" + i18,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
let i19 = data44.length;
let j6;
if(i19 > 1){
const indices6 = {};
for(;i19--;){
let item6 = data44[i19];
if(typeof item6 !== "string"){
continue;
}
if(typeof indices6[item6] == "number"){
j6 = indices6[item6];
const err90 = {instancePath:instancePath+"/spec/hardening/disableServices",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices/uniqueItems",keyword:"uniqueItems",params:{i: i19, j: j6},message:"must NOT have duplicate items (items ## "+j6+" and "+i19+" are identical)"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
break;
}
indices6[item6] = i19;
}
}
}
else {
const err91 = {instancePath:instancePath+"/spec/hardening/disableServices",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data40["disableServices+"] !== undefined){
let data46 = data40["disableServices+"];
if(Array.isArray(data46)){
if(data46.length > 500){
const err92 = {instancePath:instancePath+"/spec/hardening/disableServices+",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices%2B/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
const len13 = data46.length;
for(let i20=0; i20<len13; i20++){
let data47 = data46[i20];
if(typeof data47 === "string"){
if(!pattern23.test(data47)){
const err93 = {instancePath:instancePath+"/spec/hardening/disableServices+/" + i20,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices%2B/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
else {
const err94 = {instancePath:instancePath+"/spec/hardening/disableServices+/" + i20,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
let i21 = data46.length;
let j7;
if(i21 > 1){
const indices7 = {};
for(;i21--;){
let item7 = data46[i21];
if(typeof item7 !== "string"){
continue;
}
if(typeof indices7[item7] == "number"){
j7 = indices7[item7];
const err95 = {instancePath:instancePath+"/spec/hardening/disableServices+",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices%2B/uniqueItems",keyword:"uniqueItems",params:{i: i21, j: j7},message:"must NOT have duplicate items (items ## "+j7+" and "+i21+" are identical)"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
break;
}
indices7[item7] = i21;
}
}
}
else {
const err96 = {instancePath:instancePath+"/spec/hardening/disableServices+",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data40["disableServices-"] !== undefined){
let data48 = data40["disableServices-"];
if(Array.isArray(data48)){
if(data48.length > 500){
const err97 = {instancePath:instancePath+"/spec/hardening/disableServices-",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices-/maxItems",keyword:"maxItems",params:{limit: 500},message:"must NOT have more than 500 items"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
const len14 = data48.length;
for(let i22=0; i22<len14; i22++){
let data49 = data48[i22];
if(typeof data49 === "string"){
if(!pattern23.test(data49)){
const err98 = {instancePath:instancePath+"/spec/hardening/disableServices-/" + i22,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices-/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"},message:"must match pattern \""+"^[A-Za-z0-9_][A-Za-z0-9:_.\\\\-]{0,199}(?:@[A-Za-z0-9:_.\\\\-]{0,54})?$"+"\""};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/spec/hardening/disableServices-/" + i22,schemaPath:"#/properties/spec/properties/hardening/properties/disableServices-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
let i23 = data48.length;
let j8;
if(i23 > 1){
const indices8 = {};
for(;i23--;){
let item8 = data48[i23];
if(typeof item8 !== "string"){
continue;
}
if(typeof indices8[item8] == "number"){
j8 = indices8[item8];
const err100 = {instancePath:instancePath+"/spec/hardening/disableServices-",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices-/uniqueItems",keyword:"uniqueItems",params:{i: i23, j: j8},message:"must NOT have duplicate items (items ## "+j8+" and "+i23+" are identical)"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
break;
}
indices8[item8] = i23;
}
}
}
else {
const err101 = {instancePath:instancePath+"/spec/hardening/disableServices-",schemaPath:"#/properties/spec/properties/hardening/properties/disableServices-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data40.mountOptions !== undefined){
let data50 = data40.mountOptions;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
for(const key10 in data50){
if(!(func1.call(schema19.properties.spec.properties.hardening.properties.mountOptions.properties, key10))){
const err102 = {instancePath:instancePath+"/spec/hardening/mountOptions",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data50["/"] !== undefined){
let data51 = data50["/"];
if(Array.isArray(data51)){
if(data51.length > 16){
const err103 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
const len15 = data51.length;
for(let i24=0; i24<len15; i24++){
let data52 = data51[i24];
if(typeof data52 === "string"){
if(!pattern32.test(data52)){
const err104 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1/" + i24,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
else {
const err105 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1/" + i24,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
let i25 = data51.length;
let j9;
if(i25 > 1){
const indices9 = {};
for(;i25--;){
let item9 = data51[i25];
if(typeof item9 !== "string"){
continue;
}
if(typeof indices9[item9] == "number"){
j9 = indices9[item9];
const err106 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1/uniqueItems",keyword:"uniqueItems",params:{i: i25, j: j9},message:"must NOT have duplicate items (items ## "+j9+" and "+i25+" are identical)"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
break;
}
indices9[item9] = i25;
}
}
}
else {
const err107 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data50["/+"] !== undefined){
let data53 = data50["/+"];
if(Array.isArray(data53)){
if(data53.length > 16){
const err108 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1%2B/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
const len16 = data53.length;
for(let i26=0; i26<len16; i26++){
let data54 = data53[i26];
if(typeof data54 === "string"){
if(!pattern32.test(data54)){
const err109 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1+/" + i26,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1%2B/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1+/" + i26,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
let i27 = data53.length;
let j10;
if(i27 > 1){
const indices10 = {};
for(;i27--;){
let item10 = data53[i27];
if(typeof item10 !== "string"){
continue;
}
if(typeof indices10[item10] == "number"){
j10 = indices10[item10];
const err111 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1%2B/uniqueItems",keyword:"uniqueItems",params:{i: i27, j: j10},message:"must NOT have duplicate items (items ## "+j10+" and "+i27+" are identical)"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
break;
}
indices10[item10] = i27;
}
}
}
else {
const err112 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data50["/-"] !== undefined){
let data55 = data50["/-"];
if(Array.isArray(data55)){
if(data55.length > 16){
const err113 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1-/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
const len17 = data55.length;
for(let i28=0; i28<len17; i28++){
let data56 = data55[i28];
if(typeof data56 === "string"){
if(!pattern32.test(data56)){
const err114 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1-/" + i28,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1-/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
else {
const err115 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1-/" + i28,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
let i29 = data55.length;
let j11;
if(i29 > 1){
const indices11 = {};
for(;i29--;){
let item11 = data55[i29];
if(typeof item11 !== "string"){
continue;
}
if(typeof indices11[item11] == "number"){
j11 = indices11[item11];
const err116 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1-/uniqueItems",keyword:"uniqueItems",params:{i: i29, j: j11},message:"must NOT have duplicate items (items ## "+j11+" and "+i29+" are identical)"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
break;
}
indices11[item11] = i29;
}
}
}
else {
const err117 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data50["/tmp"] !== undefined){
let data57 = data50["/tmp"];
if(Array.isArray(data57)){
if(data57.length > 16){
const err118 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
const len18 = data57.length;
for(let i30=0; i30<len18; i30++){
let data58 = data57[i30];
if(typeof data58 === "string"){
if(!pattern32.test(data58)){
const err119 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp/" + i30,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
else {
const err120 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp/" + i30,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
let i31 = data57.length;
let j12;
if(i31 > 1){
const indices12 = {};
for(;i31--;){
let item12 = data57[i31];
if(typeof item12 !== "string"){
continue;
}
if(typeof indices12[item12] == "number"){
j12 = indices12[item12];
const err121 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp/uniqueItems",keyword:"uniqueItems",params:{i: i31, j: j12},message:"must NOT have duplicate items (items ## "+j12+" and "+i31+" are identical)"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
break;
}
indices12[item12] = i31;
}
}
}
else {
const err122 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
if(data50["/tmp+"] !== undefined){
let data59 = data50["/tmp+"];
if(Array.isArray(data59)){
if(data59.length > 16){
const err123 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp%2B/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
const len19 = data59.length;
for(let i32=0; i32<len19; i32++){
let data60 = data59[i32];
if(typeof data60 === "string"){
if(!pattern32.test(data60)){
const err124 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp+/" + i32,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp%2B/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
else {
const err125 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp+/" + i32,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
let i33 = data59.length;
let j13;
if(i33 > 1){
const indices13 = {};
for(;i33--;){
let item13 = data59[i33];
if(typeof item13 !== "string"){
continue;
}
if(typeof indices13[item13] == "number"){
j13 = indices13[item13];
const err126 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp%2B/uniqueItems",keyword:"uniqueItems",params:{i: i33, j: j13},message:"must NOT have duplicate items (items ## "+j13+" and "+i33+" are identical)"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
break;
}
indices13[item13] = i33;
}
}
}
else {
const err127 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
if(data50["/tmp-"] !== undefined){
let data61 = data50["/tmp-"];
if(Array.isArray(data61)){
if(data61.length > 16){
const err128 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp-/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
const len20 = data61.length;
for(let i34=0; i34<len20; i34++){
let data62 = data61[i34];
if(typeof data62 === "string"){
if(!pattern32.test(data62)){
const err129 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp-/" + i34,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp-/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
else {
const err130 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp-/" + i34,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
let i35 = data61.length;
let j14;
if(i35 > 1){
const indices14 = {};
for(;i35--;){
let item14 = data61[i35];
if(typeof item14 !== "string"){
continue;
}
if(typeof indices14[item14] == "number"){
j14 = indices14[item14];
const err131 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp-/uniqueItems",keyword:"uniqueItems",params:{i: i35, j: j14},message:"must NOT have duplicate items (items ## "+j14+" and "+i35+" are identical)"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
break;
}
indices14[item14] = i35;
}
}
}
else {
const err132 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1tmp-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
if(data50["/var/tmp"] !== undefined){
let data63 = data50["/var/tmp"];
if(Array.isArray(data63)){
if(data63.length > 16){
const err133 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
const len21 = data63.length;
for(let i36=0; i36<len21; i36++){
let data64 = data63[i36];
if(typeof data64 === "string"){
if(!pattern32.test(data64)){
const err134 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp/" + i36,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
else {
const err135 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp/" + i36,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
let i37 = data63.length;
let j15;
if(i37 > 1){
const indices15 = {};
for(;i37--;){
let item15 = data63[i37];
if(typeof item15 !== "string"){
continue;
}
if(typeof indices15[item15] == "number"){
j15 = indices15[item15];
const err136 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp/uniqueItems",keyword:"uniqueItems",params:{i: i37, j: j15},message:"must NOT have duplicate items (items ## "+j15+" and "+i37+" are identical)"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
break;
}
indices15[item15] = i37;
}
}
}
else {
const err137 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data50["/var/tmp+"] !== undefined){
let data65 = data50["/var/tmp+"];
if(Array.isArray(data65)){
if(data65.length > 16){
const err138 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp%2B/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
const len22 = data65.length;
for(let i38=0; i38<len22; i38++){
let data66 = data65[i38];
if(typeof data66 === "string"){
if(!pattern32.test(data66)){
const err139 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp+/" + i38,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp%2B/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp+/" + i38,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
let i39 = data65.length;
let j16;
if(i39 > 1){
const indices16 = {};
for(;i39--;){
let item16 = data65[i39];
if(typeof item16 !== "string"){
continue;
}
if(typeof indices16[item16] == "number"){
j16 = indices16[item16];
const err141 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp%2B/uniqueItems",keyword:"uniqueItems",params:{i: i39, j: j16},message:"must NOT have duplicate items (items ## "+j16+" and "+i39+" are identical)"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
break;
}
indices16[item16] = i39;
}
}
}
else {
const err142 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data50["/var/tmp-"] !== undefined){
let data67 = data50["/var/tmp-"];
if(Array.isArray(data67)){
if(data67.length > 16){
const err143 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp-/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
const len23 = data67.length;
for(let i40=0; i40<len23; i40++){
let data68 = data67[i40];
if(typeof data68 === "string"){
if(!pattern32.test(data68)){
const err144 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp-/" + i40,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp-/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp-/" + i40,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
let i41 = data67.length;
let j17;
if(i41 > 1){
const indices17 = {};
for(;i41--;){
let item17 = data67[i41];
if(typeof item17 !== "string"){
continue;
}
if(typeof indices17[item17] == "number"){
j17 = indices17[item17];
const err146 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp-/uniqueItems",keyword:"uniqueItems",params:{i: i41, j: j17},message:"must NOT have duplicate items (items ## "+j17+" and "+i41+" are identical)"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
break;
}
indices17[item17] = i41;
}
}
}
else {
const err147 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1var~1tmp-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1var~1tmp-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
if(data50["/dev/shm"] !== undefined){
let data69 = data50["/dev/shm"];
if(Array.isArray(data69)){
if(data69.length > 16){
const err148 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
const len24 = data69.length;
for(let i42=0; i42<len24; i42++){
let data70 = data69[i42];
if(typeof data70 === "string"){
if(!pattern32.test(data70)){
const err149 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm/" + i42,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm/" + i42,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
let i43 = data69.length;
let j18;
if(i43 > 1){
const indices18 = {};
for(;i43--;){
let item18 = data69[i43];
if(typeof item18 !== "string"){
continue;
}
if(typeof indices18[item18] == "number"){
j18 = indices18[item18];
const err151 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm/uniqueItems",keyword:"uniqueItems",params:{i: i43, j: j18},message:"must NOT have duplicate items (items ## "+j18+" and "+i43+" are identical)"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
break;
}
indices18[item18] = i43;
}
}
}
else {
const err152 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
if(data50["/dev/shm+"] !== undefined){
let data71 = data50["/dev/shm+"];
if(Array.isArray(data71)){
if(data71.length > 16){
const err153 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm%2B/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
const len25 = data71.length;
for(let i44=0; i44<len25; i44++){
let data72 = data71[i44];
if(typeof data72 === "string"){
if(!pattern32.test(data72)){
const err154 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm+/" + i44,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm%2B/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
else {
const err155 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm+/" + i44,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
let i45 = data71.length;
let j19;
if(i45 > 1){
const indices19 = {};
for(;i45--;){
let item19 = data71[i45];
if(typeof item19 !== "string"){
continue;
}
if(typeof indices19[item19] == "number"){
j19 = indices19[item19];
const err156 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm%2B/uniqueItems",keyword:"uniqueItems",params:{i: i45, j: j19},message:"must NOT have duplicate items (items ## "+j19+" and "+i45+" are identical)"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
break;
}
indices19[item19] = i45;
}
}
}
else {
const err157 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm+",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
if(data50["/dev/shm-"] !== undefined){
let data73 = data50["/dev/shm-"];
if(Array.isArray(data73)){
if(data73.length > 16){
const err158 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm-/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
const len26 = data73.length;
for(let i46=0; i46<len26; i46++){
let data74 = data73[i46];
if(typeof data74 === "string"){
if(!pattern32.test(data74)){
const err159 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm-/" + i46,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm-/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_=%]{1,64}$"},message:"must match pattern \""+"^[a-z0-9_=%]{1,64}$"+"\""};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
else {
const err160 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm-/" + i46,schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
let i47 = data73.length;
let j20;
if(i47 > 1){
const indices20 = {};
for(;i47--;){
let item20 = data73[i47];
if(typeof item20 !== "string"){
continue;
}
if(typeof indices20[item20] == "number"){
j20 = indices20[item20];
const err161 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm-/uniqueItems",keyword:"uniqueItems",params:{i: i47, j: j20},message:"must NOT have duplicate items (items ## "+j20+" and "+i47+" are identical)"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
break;
}
indices20[item20] = i47;
}
}
}
else {
const err162 = {instancePath:instancePath+"/spec/hardening/mountOptions/~1dev~1shm-",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/properties/~1dev~1shm-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
}
else {
const err163 = {instancePath:instancePath+"/spec/hardening/mountOptions",schemaPath:"#/properties/spec/properties/hardening/properties/mountOptions/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
if(data40.kernelCommandLine !== undefined){
let data75 = data40.kernelCommandLine;
if(Array.isArray(data75)){
if(data75.length > 64){
const err164 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
const len27 = data75.length;
for(let i48=0; i48<len27; i48++){
let data76 = data75[i48];
if(typeof data76 === "string"){
if(!pattern44.test(data76)){
const err165 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine/" + i48,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"+"\""};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
else {
const err166 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine/" + i48,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
}
else {
const err167 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
if(data40["kernelCommandLine+"] !== undefined){
let data77 = data40["kernelCommandLine+"];
if(Array.isArray(data77)){
if(data77.length > 64){
const err168 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine+",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine%2B/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
const len28 = data77.length;
for(let i49=0; i49<len28; i49++){
let data78 = data77[i49];
if(typeof data78 === "string"){
if(!pattern44.test(data78)){
const err169 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine+/" + i49,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine%2B/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"+"\""};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
}
else {
const err170 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine+/" + i49,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
}
else {
const err171 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine+",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
if(data40["kernelCommandLine-"] !== undefined){
let data79 = data40["kernelCommandLine-"];
if(Array.isArray(data79)){
if(data79.length > 64){
const err172 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine-",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine-/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
const len29 = data79.length;
for(let i50=0; i50<len29; i50++){
let data80 = data79[i50];
if(typeof data80 === "string"){
if(!pattern44.test(data80)){
const err173 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine-/" + i50,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine-/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9_.,:=/@%+-]{0,199}$"+"\""};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
}
else {
const err174 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine-/" + i50,schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
}
}
else {
const err175 = {instancePath:instancePath+"/spec/hardening/kernelCommandLine-",schemaPath:"#/properties/spec/properties/hardening/properties/kernelCommandLine-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
}
else {
const err176 = {instancePath:instancePath+"/spec/hardening",schemaPath:"#/properties/spec/properties/hardening/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
}
if(data6.disk !== undefined){
let data81 = data6.disk;
if(data81 && typeof data81 == "object" && !Array.isArray(data81)){
for(const key11 in data81){
if(!((key11 === "size") || (key11 === "bootLoader"))){
const err177 = {instancePath:instancePath+"/spec/disk",schemaPath:"#/properties/spec/properties/disk/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
}
if(data81.size !== undefined){
let data82 = data81.size;
if(typeof data82 === "string"){
if(!pattern9.test(data82)){
const err178 = {instancePath:instancePath+"/spec/disk/size",schemaPath:"#/properties/spec/properties/disk/properties/size/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"},message:"must match pattern \""+"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"+"\""};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
}
else {
const err179 = {instancePath:instancePath+"/spec/disk/size",schemaPath:"#/properties/spec/properties/disk/properties/size/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
}
if(data81.bootLoader !== undefined){
let data83 = data81.bootLoader;
if(typeof data83 !== "string"){
const err180 = {instancePath:instancePath+"/spec/disk/bootLoader",schemaPath:"#/properties/spec/properties/disk/properties/bootLoader/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
if(!((data83 === "none") || (data83 === "grub"))){
const err181 = {instancePath:instancePath+"/spec/disk/bootLoader",schemaPath:"#/properties/spec/properties/disk/properties/bootLoader/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties.disk.properties.bootLoader.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
}
}
else {
const err182 = {instancePath:instancePath+"/spec/disk",schemaPath:"#/properties/spec/properties/disk/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
}
if(data6.outputs !== undefined){
let data84 = data6.outputs;
if(Array.isArray(data84)){
if(data84.length < 1){
const err183 = {instancePath:instancePath+"/spec/outputs",schemaPath:"#/properties/spec/properties/outputs/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
const len30 = data84.length;
for(let i51=0; i51<len30; i51++){
let data85 = data84[i51];
if(typeof data85 !== "string"){
const err184 = {instancePath:instancePath+"/spec/outputs/" + i51,schemaPath:"#/properties/spec/properties/outputs/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
if(!(((((data85 === "rootfs") || (data85 === "raw")) || (data85 === "qcow2")) || (data85 === "squashfs")) || (data85 === "oci"))){
const err185 = {instancePath:instancePath+"/spec/outputs/" + i51,schemaPath:"#/properties/spec/properties/outputs/items/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties.outputs.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
}
let i52 = data84.length;
let j21;
if(i52 > 1){
const indices21 = {};
for(;i52--;){
let item21 = data84[i52];
if(typeof item21 !== "string"){
continue;
}
if(typeof indices21[item21] == "number"){
j21 = indices21[item21];
const err186 = {instancePath:instancePath+"/spec/outputs",schemaPath:"#/properties/spec/properties/outputs/uniqueItems",keyword:"uniqueItems",params:{i: i52, j: j21},message:"must NOT have duplicate items (items ## "+j21+" and "+i52+" are identical)"};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
break;
}
indices21[item21] = i52;
}
}
}
else {
const err187 = {instancePath:instancePath+"/spec/outputs",schemaPath:"#/properties/spec/properties/outputs/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
}
if(data6["outputs+"] !== undefined){
let data86 = data6["outputs+"];
if(Array.isArray(data86)){
const len31 = data86.length;
for(let i53=0; i53<len31; i53++){
let data87 = data86[i53];
if(typeof data87 !== "string"){
const err188 = {instancePath:instancePath+"/spec/outputs+/" + i53,schemaPath:"#/properties/spec/properties/outputs%2B/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
if(!(((((data87 === "rootfs") || (data87 === "raw")) || (data87 === "qcow2")) || (data87 === "squashfs")) || (data87 === "oci"))){
const err189 = {instancePath:instancePath+"/spec/outputs+/" + i53,schemaPath:"#/properties/spec/properties/outputs%2B/items/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties["outputs+"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
}
let i54 = data86.length;
let j22;
if(i54 > 1){
const indices22 = {};
for(;i54--;){
let item22 = data86[i54];
if(typeof item22 !== "string"){
continue;
}
if(typeof indices22[item22] == "number"){
j22 = indices22[item22];
const err190 = {instancePath:instancePath+"/spec/outputs+",schemaPath:"#/properties/spec/properties/outputs%2B/uniqueItems",keyword:"uniqueItems",params:{i: i54, j: j22},message:"must NOT have duplicate items (items ## "+j22+" and "+i54+" are identical)"};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
break;
}
indices22[item22] = i54;
}
}
}
else {
const err191 = {instancePath:instancePath+"/spec/outputs+",schemaPath:"#/properties/spec/properties/outputs%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
if(data6["outputs-"] !== undefined){
let data88 = data6["outputs-"];
if(Array.isArray(data88)){
const len32 = data88.length;
for(let i55=0; i55<len32; i55++){
let data89 = data88[i55];
if(typeof data89 !== "string"){
const err192 = {instancePath:instancePath+"/spec/outputs-/" + i55,schemaPath:"#/properties/spec/properties/outputs-/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
if(!(((((data89 === "rootfs") || (data89 === "raw")) || (data89 === "qcow2")) || (data89 === "squashfs")) || (data89 === "oci"))){
const err193 = {instancePath:instancePath+"/spec/outputs-/" + i55,schemaPath:"#/properties/spec/properties/outputs-/items/enum",keyword:"enum",params:{allowedValues: schema19.properties.spec.properties["outputs-"].items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
}
let i56 = data88.length;
let j23;
if(i56 > 1){
const indices23 = {};
for(;i56--;){
let item23 = data88[i56];
if(typeof item23 !== "string"){
continue;
}
if(typeof indices23[item23] == "number"){
j23 = indices23[item23];
const err194 = {instancePath:instancePath+"/spec/outputs-",schemaPath:"#/properties/spec/properties/outputs-/uniqueItems",keyword:"uniqueItems",params:{i: i56, j: j23},message:"must NOT have duplicate items (items ## "+j23+" and "+i56+" are identical)"};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
break;
}
indices23[item23] = i56;
}
}
}
else {
const err195 = {instancePath:instancePath+"/spec/outputs-",schemaPath:"#/properties/spec/properties/outputs-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
}
if(data6.smokeTests !== undefined){
let data90 = data6.smokeTests;
if(Array.isArray(data90)){
if(data90.length > 200){
const err196 = {instancePath:instancePath+"/spec/smokeTests",schemaPath:"#/properties/spec/properties/smokeTests/maxItems",keyword:"maxItems",params:{limit: 200},message:"must NOT have more than 200 items"};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
const len33 = data90.length;
for(let i57=0; i57<len33; i57++){
if(!(validate61(data90[i57], {instancePath:instancePath+"/spec/smokeTests/" + i57,parentData:data90,parentDataProperty:i57,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
}
else {
const err197 = {instancePath:instancePath+"/spec/smokeTests",schemaPath:"#/properties/spec/properties/smokeTests/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
}
if(data6["smokeTests+"] !== undefined){
let data92 = data6["smokeTests+"];
if(Array.isArray(data92)){
if(data92.length > 200){
const err198 = {instancePath:instancePath+"/spec/smokeTests+",schemaPath:"#/properties/spec/properties/smokeTests%2B/maxItems",keyword:"maxItems",params:{limit: 200},message:"must NOT have more than 200 items"};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
const len34 = data92.length;
for(let i58=0; i58<len34; i58++){
if(!(validate61(data92[i58], {instancePath:instancePath+"/spec/smokeTests+/" + i58,parentData:data92,parentDataProperty:i58,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
}
else {
const err199 = {instancePath:instancePath+"/spec/smokeTests+",schemaPath:"#/properties/spec/properties/smokeTests%2B/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
}
if(data6["smokeTests-"] !== undefined){
let data94 = data6["smokeTests-"];
if(Array.isArray(data94)){
if(data94.length > 200){
const err200 = {instancePath:instancePath+"/spec/smokeTests-",schemaPath:"#/properties/spec/properties/smokeTests-/maxItems",keyword:"maxItems",params:{limit: 200},message:"must NOT have more than 200 items"};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
const len35 = data94.length;
for(let i59=0; i59<len35; i59++){
if(!(validate61(data94[i59], {instancePath:instancePath+"/spec/smokeTests-/" + i59,parentData:data94,parentDataProperty:i59,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
}
else {
const err201 = {instancePath:instancePath+"/spec/smokeTests-",schemaPath:"#/properties/spec/properties/smokeTests-/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
}
if(data6.sizeBudget !== undefined){
let data96 = data6.sizeBudget;
if(typeof data96 === "string"){
if(!pattern9.test(data96)){
const err202 = {instancePath:instancePath+"/spec/sizeBudget",schemaPath:"#/properties/spec/properties/sizeBudget/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"},message:"must match pattern \""+"^[1-9][0-9]{0,9}(?:KiB|MiB|GiB|TiB)$"+"\""};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
}
else {
const err203 = {instancePath:instancePath+"/spec/sizeBudget",schemaPath:"#/properties/spec/properties/sizeBudget/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
}
}
else {
const err204 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
}
}
else {
const err205 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
validate52.errors = vErrors;
return errors === 0;
}
validate52.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
