package dev.airlock.dsl;

import java.util.ArrayList;
import java.util.List;

/** Stages that belong together: pages draw them as one box, and others can come after all. */
public final class StageGroup implements Predecessor {

  private final String name;
  private final String place;
  private final List<StageDraft> members = new ArrayList<>();
  private final List<Predecessor> after = new ArrayList<>();
  private final List<Answer> guards = new ArrayList<>();

  StageGroup(String name, String place) {
    this.name = name;
    this.place = place;
  }

  @Override
  public String name() {
    return name;
  }

  /** Its first stages start once all of these have ended. */
  public StageGroup after(Predecessor... earlier) {
    after.addAll(List.of(earlier));
    return this;
  }

  /** It runs only where the choice fell on this; else all of it is skipped. */
  public StageGroup when(Answer answer) {
    guards.add(answer);
    return this;
  }

  String place() {
    return place;
  }

  void add(StageDraft member) {
    members.add(member);
  }

  List<StageDraft> members() {
    return members;
  }

  List<Predecessor> after() {
    return after;
  }

  List<Answer> guards() {
    return guards;
  }
}
