package dev.airlock.local;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The versions of the servers that this build brings. */
final class Versions {

  private Versions() {}

  static String of(String server) {
    Properties versions = new Properties();
    try (InputStream stream = Versions.class.getResourceAsStream("versions.properties")) {
      versions.load(stream);
    } catch (IOException e) {
      throw new LocalServerException("versions.properties cannot be read", e);
    }
    return versions.getProperty(server, "");
  }
}
