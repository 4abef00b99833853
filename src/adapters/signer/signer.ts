/** Signs bytes with a key that only the adapter can reach. */
export interface Signer {
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  /** OpenSSH fingerprint, `SHA256:` and unpadded base64. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKeyPem: string;
  /** Ed25519 over the bytes, or ECDSA over their SHA-256 in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
