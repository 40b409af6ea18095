package dev.airlock.monitoring;

import java.net.URI;

/**
 * Where alerts are told.
 *
 * @param address an http or https URL
 * @param key signs what is sent
 * @param pages the address under which people reach Airlock's pages, such as {@code
 *     http://127.0.0.1:8080}
 */
public record Webhook(URI address, String key, URI pages) {

  /** Keeps the key to itself. */
  @Override
  public String toString() {
    return "Webhook[" + address + "]";
  }
}
