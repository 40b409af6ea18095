package dev.airlock.web.api;

import dev.airlock.store.Feedback;
import dev.airlock.store.Store;
import dev.airlock.web.http.BoundedBody;
import dev.airlock.web.http.Caller;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What came true of predictions. */
public final class FeedbackRoutes {
  private static final String INVALID = word(Feedback.State.INVALID);

  private final Supplier<Store> store;

  public FeedbackRoutes(Supplier<Store> store) {
    this.store = store;
  }

  private record Item(@Nullable String predictionId, String state, String detail) {}

  private record Taken(
      long counted,
      long late,
      long duplicate,
      long conflict,
      long tooEarly,
      long unknown,
      long invalid,
      List<Item> items) {

    static Taken of(List<Item> items) {
      return new Taken(
          number(items, word(Feedback.State.COUNTED)),
          number(items, word(Feedback.State.LATE)),
          number(items, word(Feedback.State.DUPLICATE)),
          number(items, word(Feedback.State.CONFLICT)),
          number(items, word(Feedback.State.TOO_EARLY)),
          number(items, word(Feedback.State.UNKNOWN)),
          number(items, INVALID),
          items);
    }

    private static long number(List<Item> items, String state) {
      return items.stream().filter(item -> item.state().equals(state)).count();
    }
  }

  /** {@code POST /feedback}: each item is answered, in the order in which they came. */
  public void take(Context ctx) {
    List<FeedbackReader.Item> read = read(ctx);
    List<Feedback> valid =
        read.stream().map(FeedbackReader.Item::feedback).filter(Objects::nonNull).toList();
    Iterator<Feedback.Answer> answers =
        store.get().labels().take(valid, Caller.of(ctx).acting(ctx)).iterator();
    List<Item> items = new ArrayList<>(read.size());
    for (FeedbackReader.Item item : read) {
      items.add(
          item.feedback() == null
              ? new Item(item.predictionId(), INVALID, item.fault())
              : item(answers.next()));
    }
    ctx.status(202).json(Taken.of(items));
  }

  private static List<FeedbackReader.Item> read(Context ctx) {
    try (InputStream body =
        BoundedBody.of(
            ctx,
            FeedbackReader.LARGEST_BODY,
            "The body is larger than 32 MB; send the labels in parts. Nothing was counted.")) {
      return FeedbackReader.read(body);
    } catch (IOException e) {
      throw new UncheckedIOException("The labels can't be read", e);
    }
  }

  private static Item item(Feedback.Answer answer) {
    return new Item(answer.predictionId().toString(), word(answer.state()), answer.detail());
  }

  private static String word(Feedback.State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
