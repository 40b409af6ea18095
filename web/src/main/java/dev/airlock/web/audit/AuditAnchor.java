package dev.airlock.web.audit;

import dev.airlock.store.Audit;
import dev.airlock.store.AuditChain;
import dev.airlock.store.AuditHead;
import dev.airlock.store.AuditVerdict;
import dev.airlock.store.Store;
import dev.airlock.web.http.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
  private static final long GOOD_SECONDS = 30;
  private static final long PATIENCE_SECONDS = 10;

  /** Locks of files hold between processes, not between threads. */
  private static final Object TURNS = new Object();

  private final Supplier<Store> store;
  private final Path secrets;
  private final Path folder;
  private final ReentrantLock verifying = new ReentrantLock();
  private volatile @Nullable Read newest;
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
      heads.append(verdict.head(), content);
    } else {
      LOG.error(
          "The audit does not go on where its last signed head, row {}, has left it: {} No head is signed. See: airlock audit verify",
          signed.sequence(),
          String.join(" ", verdict.faults()));
    }
  }

  /**
   * What came of reading the whole chain.
   *
   * @param at when it was begun to be read
   */
  public record Reading(AuditVerdict verdict, Instant at) {}

  private record Read(Reading reading, AuditHead head, String heads) {
    boolean isGood(AuditHead nowHead, String nowHeads) {
      return head.equals(nowHead)
          && heads.equals(nowHeads)
          && reading.at().isAfter(Instant.now().minusSeconds(GOOD_SECONDS));
    }
  }

  /**
   * Reads the whole chain, and holds every head against it that was signed here. Only one reads at
   * a time; whoever asks meanwhile waits for it. What came of it is good for half a minute, unless
   * the chain or the file of heads moves.
   *
   * @throws ProblemException 503 where somebody else's reading takes long
   */
  public Reading verify() {
    try {
      if (!verifying.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw ProblemException.unavailable(
            "The whole audit is being read for somebody else, which takes long. Ask again in a minute.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the audit is read", e);
    }
    try {
      return verifyInTurn();
    } finally {
      verifying.unlock();
    }
  }

  private Reading verifyInTurn() {
    HeadsFile.Content content = inTurn(HeadsFile::read);
    Audit audit = store.get().audit();
    AuditHead head = audit.head();
    String heads = content.last() + content.faults();
    Read known = newest;
    if (known != null && known.isGood(head, heads)) {
      return known.reading();
    }
    Instant at = Instant.now();
    AuditVerdict verdict = audit.verify(content.heads().stream().map(SignedHead::head).toList());
    List<String> faults = new ArrayList<>(content.faults());
    faults.addAll(verdict.faults());
    Reading reading =
        new Reading(new AuditVerdict(verdict.rows(), verdict.head(), verdict.heads(), faults), at);
    newest = new Read(reading, head, heads);
    return reading;
  }

  @Override
  public void close() {
    clock.shutdownNow();
    trySigning();
  }
}
