import type { Enforcer } from './enforcer.ts';

/** Of a format that says all that a list says. */
export const everyAbility: Enforcer['abilities'] = {
  matches: ['host', 'subdomains', 'apexAndSubdomains', 'oneLabel', 'ip', 'cidr'],
  ipv6: true,
  ports: true,
  protocols: true,
  expiry: true,
  denials: true,
  maxRules: null,
  atomic: true,
};
