package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.store.Feedback.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A label counts exactly once, whatever comes first and however often it comes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LabelsTest {

  private static final Instant AS_OF = Instant.parse("1998-01-31T00:00:00Z");

  /** The scene's versions know their outcome 90 days later. */
  private static final Instant MATURE = AS_OF.plus(Duration.ofDays(90));

  private TestDatabase database;
  private Store store;
  private Labels labels;

  @BeforeAll
  void open() {
    database = TestDatabase.fresh();
    store = database.store();
    labels = store.labels();
  }

  @BeforeEach
  void register(@TempDir Path folder) {
    database.emptied();
    Scene scene = new Scene(store, new FileArtifactStore(folder));
    scene.register(scene.run("engineer"), "first");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static Prediction prediction(UUID id) {
    return new Prediction(
        id, Scene.MODEL, 1, AS_OF, Instant.parse("2026-01-01T00:00:00Z"), 0.25, null, "{}");
  }

  private UUID predicted() {
    UUID id = UUID.randomUUID();
    store.predictions().store(List.of(prediction(id)));
    return id;
  }

  private static Feedback yes(UUID id) {
    return new Feedback(id, 1, 12.5, MATURE);
  }

  private State taken(Feedback feedback) {
    return labels.take(List.of(feedback), by("engineer")).get(0).state();
  }

  private Labels.Labelled labelled() {
    return labels.labelled(
        Scene.MODEL, 1, AS_OF, AS_OF.plusSeconds(1), Instant.parse("2000-01-01T00:00:00Z"));
  }

  @Test
  void shouldAnswerEachInTheOrderAsked() {
    UUID counted = predicted();
    UUID late = predicted();
    UUID early = predicted();
    UUID doubled = predicted();
    UUID unknown = UUID.randomUUID();

    List<Feedback.Answer> answers =
        labels.take(
            List.of(
                new Feedback(early, 1, null, MATURE.minusMillis(1)),
                yes(unknown),
                yes(counted),
                new Feedback(late, 0, null, MATURE.plus(Duration.ofDays(30)).plusMillis(1)),
                yes(doubled),
                yes(doubled),
                new Feedback(doubled, 0, 12.5, MATURE)),
            by("engineer"));

    assertEquals(
        List.of(
            State.TOO_EARLY,
            State.UNKNOWN,
            State.COUNTED,
            State.LATE,
            State.COUNTED,
            State.DUPLICATE,
            State.CONFLICT),
        answers.stream().map(Feedback.Answer::state).toList());
    assertEquals(
        List.of(early, unknown, counted, late, doubled, doubled, doubled),
        answers.stream().map(Feedback.Answer::predictionId).toList());
    assertEquals(
        "The outcome can be known from 1998-05-01T00:00:00Z on, 90 days after"
            + " 1998-01-31T00:00:00Z; this label is of 1998-04-30T23:59:59.999Z.",
        answers.get(0).detail());
    assertEquals("The label 1.0 was counted before, and stays.", answers.get(6).detail());
    assertEquals(3, labelled().labels().size());
    assertEquals(1, labelled().unlabelled());
    assertEquals(1, labels.waiting());
  }

  @Test
  void shouldCountOneThatWasTooEarlyWhenItComesAgainInTime() {
    UUID id = predicted();

    assertEquals(State.TOO_EARLY, taken(new Feedback(id, 1, null, AS_OF)));
    assertEquals(State.COUNTED, taken(yes(id)));
    assertEquals(State.DUPLICATE, taken(yes(id)));
    assertEquals(State.CONFLICT, taken(new Feedback(id, 1, 13.0, MATURE)));
    assertEquals(List.of(1.0), labelled().labels());
  }

  @Test
  void shouldRefuseALabelThatNoProbabilityCanHave() {
    UUID id = predicted();

    Feedback.Answer answer =
        labels.take(List.of(new Feedback(id, 2, null, MATURE)), by("engineer")).get(0);

    assertEquals(State.INVALID, answer.state());
    assertEquals(
        "The model gives a probability, whose outcome is 0 or 1; this label is 2.0.",
        answer.detail());
    assertEquals(List.of(), labelled().labels());
    assertEquals(State.COUNTED, taken(yes(id)));
    assertEquals(State.CONFLICT, taken(new Feedback(id, 2, null, MATURE)));
  }

  @Test
  void shouldRefuseSuchALabelThatWaitedToo() {
    UUID id = UUID.randomUUID();

    assertEquals(State.UNKNOWN, taken(new Feedback(id, 2, null, MATURE)));
    store.predictions().store(List.of(prediction(id)));

    assertEquals(List.of(), labelled().labels());
    assertEquals(0, labels.waiting());
  }

  @Test
  void shouldLetTheFirstThatFitsCountWithinABatch() {
    UUID id = predicted();

    List<Feedback.Answer> answers =
        labels.take(
            List.of(new Feedback(id, 0, null, AS_OF), yes(id), new Feedback(id, 0, null, MATURE)),
            by("engineer"));

    assertEquals(
        List.of(State.TOO_EARLY, State.COUNTED, State.CONFLICT),
        answers.stream().map(Feedback.Answer::state).toList());
    assertEquals(List.of(1.0), labelled().labels());
  }

  @Test
  void shouldNotKnowALabelBeforeItsTime() {
    UUID id = predicted();
    labels.take(
        List.of(new Feedback(id, 1, null, MATURE.plus(Duration.ofDays(10)))), by("engineer"));

    Labels.Labelled before =
        labels.labelled(
            Scene.MODEL, 1, AS_OF, AS_OF.plusSeconds(1), MATURE.plus(Duration.ofDays(9)));
    Labels.Labelled after =
        labels.labelled(
            Scene.MODEL, 1, AS_OF, AS_OF.plusSeconds(1), MATURE.plus(Duration.ofDays(10)));

    assertEquals(1, before.unlabelled());
    assertEquals(List.of(0.25), after.scores());
    assertEquals(0, after.unlabelled());
  }

  @Test
  void shouldKeepALabelUntilItsPredictionComes() {
    UUID id = UUID.randomUUID();
    assertEquals(State.UNKNOWN, taken(yes(id)));
    assertEquals(State.UNKNOWN, taken(yes(id)));
    Feedback.Answer other =
        labels.take(List.of(new Feedback(id, 0, null, MATURE)), by("engineer")).get(0);
    assertTrue(other.detail().contains("The label 1.0 came first"), other.detail());
    assertEquals(1, labels.waiting());

    store.predictions().store(List.of(prediction(id)));

    assertEquals(0, labels.waiting());
    assertEquals(List.of(1.0), labelled().labels());
    assertEquals(State.DUPLICATE, taken(yes(id)));
  }

  @Test
  void shouldRefuseAWaitingLabelThatWasTooEarlyAndSayWhy() {
    UUID id = UUID.randomUUID();
    taken(new Feedback(id, 1, null, AS_OF));

    store.predictions().store(List.of(prediction(id)));

    assertEquals(0, labels.waiting());
    assertEquals(1, labelled().unlabelled());
    assertTrue(
        database
            .owner()
            .withHandle(
                handle ->
                    handle
                        .createQuery("select refused from waiting_label")
                        .mapTo(String.class)
                        .one())
            .startsWith("The outcome can be known from 1998-05-01T00:00:00Z on"));
    assertEquals(State.COUNTED, taken(yes(id)));
  }

  @Test
  void shouldSettleWhatACrashBetweenPredictionAndLabelHasLeft() {
    UUID id = UUID.randomUUID();
    taken(yes(id));
    database
        .owner()
        .useHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        insert into prediction (id, model, version, as_of, at, score, inputs)
                        values (:id, 'repeat-purchase', 1, '1998-01-31T00:00:00Z', now(), 0.25, '{}')
                        """)
                    .bind("id", id)
                    .execute());

    assertEquals(1, labels.waiting());
    assertEquals(1, labels.settleWaiting());
    assertEquals(0, labels.settleWaiting());
    assertEquals(List.of(1.0), labelled().labels());
  }

  @Test
  void shouldCountOnceWhenTheSameIsPostedByManyAtOnce() throws Exception {
    List<Feedback> batch = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      batch.add(yes(predicted()));
    }
    List<CompletableFuture<List<Feedback.Answer>>> posts =
        IntStream.range(0, 6)
            .mapToObj(
                i -> {
                  List<Feedback> shuffled = new ArrayList<>(batch);
                  Collections.shuffle(shuffled, new Random(i));
                  return CompletableFuture.supplyAsync(() -> labels.take(shuffled, by("engineer")));
                })
            .toList();

    int counted = 0;
    int duplicate = 0;
    for (CompletableFuture<List<Feedback.Answer>> post : posts) {
      for (Feedback.Answer answer : post.get(60, TimeUnit.SECONDS)) {
        counted += answer.state() == State.COUNTED ? 1 : 0;
        duplicate += answer.state() == State.DUPLICATE ? 1 : 0;
      }
    }

    assertEquals(200, counted);
    assertEquals(1_000, duplicate);
    assertEquals(200, labelled().labels().size());
  }

  /** The law: however feedback and predictions meet, each label is counted once and none waits. */
  @Test
  void shouldCountEachOnceInWhateverOrderFeedbackAndPredictionsMeet() throws Exception {
    for (int seed = 0; seed < 12; seed++) {
      List<UUID> ids = IntStream.range(0, 60).mapToObj(i -> UUID.randomUUID()).toList();
      List<Runnable> work = new ArrayList<>();
      Random random = new Random(seed);
      for (int start = 0; start < ids.size(); start += 10) {
        List<UUID> part = ids.subList(start, start + 10);
        work.add(
            () -> store.predictions().store(part.stream().map(LabelsTest::prediction).toList()));
        for (int repeat = 0; repeat < 2; repeat++) {
          List<UUID> shuffled = new ArrayList<>(part);
          Collections.shuffle(shuffled, random);
          work.add(
              () -> labels.take(shuffled.stream().map(LabelsTest::yes).toList(), by("engineer")));
        }
      }
      work.add(labels::settleWaiting);
      Collections.shuffle(work, random);
      int before = labelled().labels().size();
      atOnce(work);

      assertEquals(0, labels.waiting(), "seed " + seed);
      assertEquals(before + ids.size(), labelled().labels().size(), "seed " + seed);
      assertEquals(0, labelled().unlabelled(), "seed " + seed);
    }
  }

  private static void atOnce(List<Runnable> work) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<Void>> all =
        work.stream()
            .map(
                one ->
                    CompletableFuture.runAsync(
                        () -> {
                          awaitStart(start);
                          one.run();
                        },
                        task -> new Thread(task).start()))
            .toList();
    start.countDown();
    for (CompletableFuture<Void> one : all) {
      one.get(60, TimeUnit.SECONDS);
    }
  }

  private static void awaitStart(CountDownLatch start) {
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldTakeAHundredThousandAtOnceAlsoAfterManySingleOnes() {
    // Which leave PostgreSQL with a plan that is good for single ones.
    int single = 30;
    IntStream.range(0, single).forEach(i -> taken(yes(predicted())));
    List<UUID> ids = IntStream.range(0, 100_000).mapToObj(i -> UUID.randomUUID()).toList();
    for (int start = 0; start < 90_000; start += 5_000) {
      store
          .predictions()
          .store(ids.subList(start, start + 5_000).stream().map(LabelsTest::prediction).toList());
    }
    List<Feedback> batch = ids.stream().map(LabelsTest::yes).toList();

    long begin = System.nanoTime();
    List<Feedback.Answer> answers = labels.take(batch, by("engineer"));
    Duration taken = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("100,000 labels took %d ms%n", taken.toMillis());

    assertEquals(90_000, answers.stream().filter(a -> a.state() == State.COUNTED).count());
    assertEquals(10_000, answers.stream().filter(a -> a.state() == State.UNKNOWN).count());
    assertEquals(
        90_000,
        labels.take(batch, by("engineer")).stream()
            .filter(a -> a.state() == State.DUPLICATE)
            .count());
    // Far above what it takes: this machine may be busy with other things.
    assertTrue(taken.toSeconds() < 20, taken.toString());
    store
        .predictions()
        .store(ids.subList(90_000, 100_000).stream().map(LabelsTest::prediction).toList());
    assertEquals(100_000 + single, labelled().labels().size());
    assertEquals(0, labels.waiting());
  }

  @Test
  void shouldKeepTheLatestOfTheSameLabelThatWaits() {
    UUID posted = UUID.randomUUID();
    UUID batched = UUID.randomUUID();
    Feedback early = new Feedback(posted, 1, 12.5, AS_OF);
    assertEquals(State.UNKNOWN, taken(early));
    assertEquals(State.UNKNOWN, taken(yes(posted)));
    assertEquals(State.UNKNOWN, taken(early));
    labels.take(
        List.of(
            new Feedback(batched, 1, 12.5, AS_OF),
            new Feedback(batched, 0, 12.5, MATURE.plusSeconds(1)),
            yes(batched)),
        by("engineer"));

    store.predictions().store(List.of(prediction(posted), prediction(batched)));

    assertEquals(List.of(1.0, 1.0), labelled().labels());
    assertEquals(0, labels.waiting());
  }

  @Test
  void shouldSayWhatDiffersOfALabelThatWasCountedBefore() {
    UUID id = predicted();
    assertEquals(State.COUNTED, taken(yes(id)));
    List<Feedback.Answer> answers =
        labels.take(
            List.of(
                new Feedback(id, 1, 13.0, MATURE),
                new Feedback(id, 1, null, MATURE),
                new Feedback(id, 0, 12.5, MATURE)),
            by("engineer"));
    assertEquals(
        List.of(
            "The same label was counted before with the value 12.5, which stays.",
            "The same label was counted before with the value 12.5, which stays.",
            "The label 1.0 was counted before, and stays."),
        answers.stream().map(Feedback.Answer::detail).toList());
  }
}
