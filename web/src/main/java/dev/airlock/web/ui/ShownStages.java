package dev.airlock.web.ui;

import dev.airlock.store.ItemCount;
import dev.airlock.store.RunStage;
import dev.airlock.web.ui.RunPages.RunsPage.Filter;
import dev.airlock.workflows.StageState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stages that the page of a run shows: all of them or, where they are too many to be drawn and
 * listed, those in one state, so many at a time.
 *
 * @param stages in the graph's order
 * @param crowd empty where all are shown
 * @param query what is to be added to a link that leads here again; empty for nothing
 * @param items how many items each map has in each state
 */
record ShownStages(
    List<RunStage> stages, Optional<RunPage.Crowd> crowd, String query, List<ItemCount> items) {

  /** The most stages that are drawn, and listed on one page. */
  static final int MOST = 200;

  ShownStages {
    stages = List.copyOf(stages);
    items = List.copyOf(items);
  }

  /**
   * Those to show.
   *
   * @param word the state that was asked for, or null
   * @param after the position in the graph's order after which they begin, from -1
   */
  static ShownStages of(
      long run, List<RunStage> all, @Nullable String word, long after, List<ItemCount> items) {
    if (all.size() <= MOST) {
      return new ShownStages(all, Optional.empty(), "", items);
    }
    List<RunStage> matching =
        all.stream()
            .filter(stage -> word == null || stage.state().word().equals(word))
            .filter(stage -> stage.position() > after)
            .toList();
    List<RunStage> shown = matching.subList(0, Math.min(MOST, matching.size()));
    String ofState = word == null ? "" : "state=" + word;
    String more =
        shown.size() == matching.size()
            ? null
            : "/runs/%d?%s&after=%d".formatted(run, ofState, shown.get(MOST - 1).position());
    return new ShownStages(
        shown,
        Optional.of(new RunPage.Crowd(all.size(), filters(run, all, word), more)),
        ofState + (after < 0 ? "" : "&after=" + after),
        items);
  }

  private static List<Filter> filters(long run, List<RunStage> all, @Nullable String word) {
    Map<StageState, Integer> counts = new EnumMap<>(StageState.class);
    all.forEach(stage -> counts.merge(stage.state(), 1, Integer::sum));
    List<Filter> filters = new ArrayList<>();
    filters.add(
        new Filter("all " + Words.count(all.size()), "/runs/" + run, word == null ? "page" : null));
    counts.forEach(
        (state, count) ->
            filters.add(
                new Filter(
                    state.word() + " " + Words.count(count),
                    "/runs/%d?state=%s".formatted(run, state.word()),
                    state.word().equals(word) ? "page" : null)));
    return filters;
  }

  /** The items of a map; null where the stage is none, or its list has not been read. */
  RunPage.@Nullable Items itemsOf(long run, String stage) {
    List<ItemCount> counts = items.stream().filter(c -> c.stage().equals(stage)).toList();
    if (counts.isEmpty()) {
      return null;
    }
    int all = counts.stream().mapToInt(ItemCount::count).sum();
    List<Filter> filters = new ArrayList<>();
    filters.add(new Filter("all " + Words.count(all), ItemPages.link(run, stage, null), null));
    counts.forEach(
        count ->
            filters.add(
                new Filter(
                    count.state().word() + " " + Words.count(count.count()),
                    ItemPages.link(run, stage, count.state()),
                    null)));
    return new RunPage.Items(filters);
  }

  /** How far a map has come: {@code 312 of 1,000 items}; empty where it has nothing to say. */
  String progress(RunStage stage) {
    int all = 0;
    int ended = 0;
    for (ItemCount count : items) {
      if (count.stage().equals(stage.name())) {
        all += count.count();
        ended += count.state().isFinal() ? count.count() : 0;
      }
    }
    return all == 0 || stage.state().isFinal()
        ? ""
        : "%s of %s".formatted(Words.count(ended), Words.counted(all, "item", "items"));
  }

  /** Whether a word is the name of a state. */
  static boolean isState(String word) {
    return Arrays.stream(StageState.values()).anyMatch(state -> state.word().equals(word));
  }
}
