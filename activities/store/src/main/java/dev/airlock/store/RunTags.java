package dev.airlock.store;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What may be a tag of a run: a word to find it by. */
public final class RunTags {

  /** The most that one run may carry. */
  public static final int MOST = 20;

  /** The longest note of a run, in characters. */
  public static final int LONGEST_NOTE = 2_000;

  private static final Pattern TAG = Pattern.compile("[a-z0-9][a-z0-9._:/-]{0,49}");

  private RunTags() {}

  /** What is wrong with these tags, one sentence each. */
  public static List<String> faults(List<String> tags) {
    List<String> faults = new ArrayList<>();
    if (tags.size() > MOST) {
      faults.add("There are %d tags; a run carries at most %d.".formatted(tags.size(), MOST));
    }
    for (String tag : tags) {
      if (tag == null || !TAG.matcher(tag).matches()) {
        faults.add(
            "The tag '%s' won't do; expected up to 50 lower-case letters, digits and . _ : / -, such as black-friday."
                .formatted(tag));
      }
    }
    return faults;
  }

  static List<String> tidy(List<String> tags) {
    return tags.stream().distinct().sorted().toList();
  }
}
