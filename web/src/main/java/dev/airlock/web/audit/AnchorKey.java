package dev.airlock.web.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The Ed25519 key that signs heads of the audit. Its private half lies in a file that only its
 * owner may read, and never reaches the database; the public half lies beside the heads.
 */
final class AnchorKey {
  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey secret;
  private final PublicKey open;

  private AnchorKey(PrivateKey secret, PublicKey open) {
    this.secret = secret;
    this.open = open;
  }

  /** Reads the key, or makes one. The caller lets nobody else do so at the same time. */
  static AnchorKey at(Path secretFile, Path publicFile)
      throws IOException, GeneralSecurityException {
    if (!Files.exists(secretFile)) {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      Files.writeString(publicFile, pem("PUBLIC", pair.getPublic().getEncoded()));
      Path fresh = secretFile.resolveSibling(secretFile.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      Files.createFile(fresh, ownerOnly(fresh));
      Files.writeString(fresh, pem("PRIVATE", pair.getPrivate().getEncoded()));
      Files.move(fresh, secretFile);
    }
    KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
    return new AnchorKey(
        keys.generatePrivate(new PKCS8EncodedKeySpec(bytes(secretFile))),
        keys.generatePublic(new X509EncodedKeySpec(bytes(publicFile))));
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static String pem(String half, byte[] encoded) {
    return "-----BEGIN %1$s KEY-----%n%2$s%n-----END %1$s KEY-----%n"
        .formatted(half, Base64.getEncoder().encodeToString(encoded));
  }

  private static byte[] bytes(Path file) throws IOException {
    return Base64.getMimeDecoder()
        .decode(Files.readString(file).replaceAll("-----[A-Z ]+-----", ""));
  }

  String sign(byte[] text) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(ALGORITHM);
    signature.initSign(secret);
    signature.update(text);
    return Base64.getEncoder().encodeToString(signature.sign());
  }

  /** Whether this key has signed the text. */
  boolean hasSigned(byte[] text, String signature) {
    try {
      Signature check = Signature.getInstance(ALGORITHM);
      check.initVerify(open);
      check.update(text);
      return check.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
