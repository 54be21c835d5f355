import { BlockList, isIP } from 'node:net';

/**
 * What the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates) do not
 * call globally reachable, multicast, and the ranges that carry an IPv4 address inside (NAT64,
 * 6to4, Teredo), which would lead around the list. A list for IPv4 holds for `::ffff:a.b.c.d` too.
 */
const NOT_PUBLIC_V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const NOT_PUBLIC_V6 =
  '::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 ' +
  'fc00::/7 fe80::/10 fec0::/10 ff00::/8';

const notPublic = new BlockList();
for (const subnet of NOT_PUBLIC_V4.split(' ')) addSubnet(subnet, 'ipv4');
for (const subnet of NOT_PUBLIC_V6.split(' ')) addSubnet(subnet, 'ipv6');

/** Whether an IP address belongs to the public internet; false for anything that is no IP address. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && !notPublic.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

function addSubnet(subnet: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefix] = subnet.split('/');
  notPublic.addSubnet(network, Number(prefix), family);
}
