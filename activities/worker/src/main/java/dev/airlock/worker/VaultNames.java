package dev.airlock.worker;

import dev.airlock.programs.Vault;
import dev.airlock.store.Store;
import dev.airlock.store.VaultEntry;
import dev.airlock.store.VaultName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells which secrets and connections this worker has, by name. */
final class VaultNames {

  static final Duration PERIOD = Duration.ofSeconds(20);

  private static final Logger log = LoggerFactory.getLogger(VaultNames.class);

  private final String worker;
  private final Vault vault;
  private final Store store;
  private final Set<VaultName> warned = new HashSet<>();

  VaultNames(String worker, Vault vault, Store store) {
    this.worker = worker;
    this.vault = vault;
    this.store = store;
  }

  /** Says what it has, and warns of names that nobody has. */
  void tell() {
    store
        .vaults()
        .tell(
            worker,
            vault.entries().stream()
                .map(
                    entry ->
                        new VaultEntry(entry.kind(), entry.name(), entry.source(), entry.fault()))
                .toList());
    List.of("secret", "connection").forEach(this::warn);
  }

  /** Once for each name that a published pipeline needs and nobody has. */
  private void warn(String kind) {
    for (VaultName name : store.vaults().names(kind)) {
      if (name.sources().isEmpty() && warned.add(name)) {
        log.warn("No worker has the {} '{}', which {} need.", kind, name.name(), name.usedBy());
      }
    }
  }
}
