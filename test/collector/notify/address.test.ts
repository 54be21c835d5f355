import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../../../collector/src/notify/address.ts';

test('addresses of the public internet are public', () => {
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8']) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test('loopback, private, link-local, shared, reserved and wrapped addresses are not', () => {
  const inside = [
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '2001:db8::1'],
    ...['::ffff:127.0.0.1', '::ffff:a00:1', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00::1'],
  ];
  for (const address of inside) assert.equal(isPublicAddress(address), false, address);
});

test('what is no address is not public', () => {
  for (const text of ['', 'example.com', '8.8.8', '8.8.8.8.8']) assert.equal(isPublicAddress(text), false, text);
});
