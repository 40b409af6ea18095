package dev.airlock.web.audit;

import dev.airlock.store.Audit;
import dev.airlock.store.AuditChain;
import dev.airlock.store.AuditHead;
import dev.airlock.store.AuditVerdict;
import dev.airlock.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs the end of the audit's chain each minute, where it has moved, and when the process ends, in
 * {@code HOME/audit/heads.jsonl}: whoever rewrites the database can't rewrite what was signed. It
 * signs nothing over a break: the rows since the last head are read and held against it first.
 * Several processes may share a home; a lock has them take turns.
 */
public final class AuditAnchor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditAnchor.class);
  private static final long SECONDS = 60;

  /** Locks of files hold between processes, not between threads. */
  private static final Object TURNS = new Object();

  private final Supplier<Store> store;
  private final Path secrets;
  private final Path folder;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "audit-anchor");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Knows where its files are.
   *
   * @param home the system's; the key lies in {@code secrets}, all else in {@code audit}
   */
  public AuditAnchor(Supplier<Store> store, Path home) {
    this.store = store;
    this.secrets = home.resolve("secrets");
    this.folder = home.resolve("audit");
  }

  /** Signs from now on. */
  @SuppressWarnings("FutureReturnValueIgnored")
  public void start() {
    var unused = clock.scheduleWithFixedDelay(this::trySigning, 0, SECONDS, TimeUnit.SECONDS);
  }

  private void trySigning() {
    try {
      sign();
    } catch (RuntimeException e) {
      LOG.warn("The head of the audit is not signed this time: {}", e.toString());
    }
  }

  private interface Work<T> {
    T on(HeadsFile heads) throws IOException, GeneralSecurityException;
  }

  private <T> T inTurn(Work<T> work) {
    synchronized (TURNS) {
      try {
        Files.createDirectories(secrets);
        Files.createDirectories(folder);
        try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          // Given back where the channel is closed.
          channel.lock();
          AnchorKey key =
              AnchorKey.at(
                  secrets.resolve("audit-anchor.pem"), folder.resolve("anchor-public.pem"));
          return work.on(new HeadsFile(folder.resolve("heads.jsonl"), key));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The files in " + folder + " can't be used", e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("The key in " + secrets + " can't be used", e);
      }
    }
  }

  /** Signs the end of the chain, unless it is signed already, or something before it is wrong. */
  void sign() {
    inTurn(
        heads -> {
          sign(heads);
          return true;
        });
  }

  private void sign(HeadsFile heads) throws IOException, GeneralSecurityException {
    HeadsFile.Content content = heads.read();
    AuditHead signed =
        content.heads().isEmpty()
            ? new AuditHead(0, SignedHead.BEGINNING)
            : content.heads().get(content.heads().size() - 1).head();
    Audit audit = store.get().audit();
    if (audit.head().equals(signed)) {
      return;
    }
    AuditChain chain = AuditChain.after(signed);
    AuditVerdict verdict = chain.end(audit.rowsAfter(signed.sequence(), chain::add));
    if (verdict.isWhole()) {
      heads.append(verdict.head(), content.last());
    } else {
      LOG.error(
          "The audit does not go on where its last signed head, row {}, has left it: {} No head is signed. See: airlock audit verify",
          signed.sequence(),
          String.join(" ", verdict.faults()));
    }
  }

  /** Reads the whole chain, and holds every head against it that was signed here. */
  public AuditVerdict verify() {
    HeadsFile.Content content = inTurn(HeadsFile::read);
    AuditVerdict verdict =
        store.get().audit().verify(content.heads().stream().map(SignedHead::head).toList());
    List<String> faults = new ArrayList<>(content.faults());
    faults.addAll(verdict.faults());
    return new AuditVerdict(verdict.rows(), verdict.head(), verdict.heads(), faults);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    trySigning();
  }
}
