package dev.airlock.workflows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.temporal.workflow.WorkflowInterface;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever a workflow's code reaches gives the same at each replay: no clock but the workflow's, no
 * chance, no thread, no environment, no file, no state that outlives the workflow. Every call that
 * leads there through our own code is followed.
 */
final class DeterminismTest {

  /**
   * What must not be called, by class and method. Instants and dates may be made, but not of now.
   */
  private static final Map<String, Pattern> FORBIDDEN =
      Map.ofEntries(
          Map.entry("java.time.Instant", Pattern.compile("now")),
          Map.entry("java.time.LocalDate", Pattern.compile("now")),
          Map.entry("java.time.LocalDateTime", Pattern.compile("now")),
          Map.entry("java.time.ZonedDateTime", Pattern.compile("now")),
          Map.entry("java.time.Clock", Pattern.compile(".*")),
          Map.entry("java.time.ZoneId", Pattern.compile("systemDefault")),
          Map.entry(
              "java.lang.System",
              Pattern.compile(
                  "currentTimeMillis|nanoTime|getenv|getProperty|getProperties|identityHashCode|exit")),
          Map.entry("java.lang.Thread", Pattern.compile(".*")),
          Map.entry("java.lang.Math", Pattern.compile("random")),
          Map.entry("java.lang.Runtime", Pattern.compile(".*")),
          Map.entry("java.lang.ProcessBuilder", Pattern.compile(".*")),
          Map.entry("java.util.UUID", Pattern.compile("randomUUID")),
          Map.entry("java.util.Random", Pattern.compile(".*")),
          Map.entry("java.util.Locale", Pattern.compile("getDefault")),
          Map.entry("java.util.Collections", Pattern.compile("shuffle")));

  private static final Pattern FORBIDDEN_PACKAGES =
      Pattern.compile(
          "java\\.util\\.concurrent(\\.locks)?|java\\.security\\.SecureRandom|java\\.net|java\\.nio\\.(file|channels).*|java\\.io");

  /** Of those packages, what harms nobody. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "java\\.util\\.concurrent\\.TimeUnit|java\\.net\\.URI|java\\.io\\.(IOException|UncheckedIOException|Serializable)");

  @Test
  void shouldReachNothingThatDiffersAtTheNextReplay() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.airlock.workflows", "dev.airlock.dsl");

    List<JavaClass> workflows = workflows(classes);
    assertTrue(
        workflows.stream().anyMatch(type -> type.isEquivalentTo(PipelineWorkflowImpl.class)),
        workflows::toString);
    assertEquals(Set.of(), offences(workflows));
  }

  @Test
  void shouldNoticeWhatDiffersAtTheNextReplay() {
    JavaClasses classes = new ClassFileImporter().importClasses(Forgetful.class, Roundabout.class);

    assertEquals(
        Set.of(
            "Forgetful.run -> java.time.Instant.now",
            "Forgetful.run -> java.util.concurrent.ThreadLocalRandom.current",
            "Forgetful.run -> java.util.concurrent.ThreadLocalRandom.nextInt",
            "Forgetful.run -> the changing field Forgetful.runs",
            "Roundabout.ask -> java.lang.System.getenv"),
        offences(List.of(classes.get(Forgetful.class))));
  }

  private static List<JavaClass> workflows(JavaClasses classes) {
    return classes.stream()
        .filter(type -> !type.isInterface())
        .filter(
            type ->
                type.getAllRawInterfaces().stream()
                    .anyMatch(parent -> parent.isAnnotatedWith(WorkflowInterface.class)))
        .toList();
  }

  private static Set<String> offences(List<JavaClass> workflows) {
    Set<String> offences = new TreeSet<>();
    Set<JavaCodeUnit> seen = new LinkedHashSet<>();
    Deque<JavaCodeUnit> toVisit = new ArrayDeque<>();
    workflows.forEach(type -> toVisit.addAll(type.getCodeUnits()));
    while (!toVisit.isEmpty()) {
      JavaCodeUnit unit = toVisit.remove();
      if (seen.add(unit)) {
        for (JavaAccess<?> access : unit.getAccessesFromSelf()) {
          String offence = offence(access);
          if (offence != null) {
            offences.add(
                "%s.%s -> %s".formatted(unit.getOwner().getSimpleName(), unit.getName(), offence));
          }
        }
        callees(unit).forEach(toVisit::add);
      }
    }
    return offences;
  }

  private static Stream<JavaCodeUnit> callees(JavaCodeUnit unit) {
    Stream<? extends JavaAccess<?>> calls = unit.getAccessesFromSelf().stream();
    return calls
        .map(JavaAccess::getTarget)
        .filter(AccessTarget.CodeUnitAccessTarget.class::isInstance)
        .map(AccessTarget.CodeUnitAccessTarget.class::cast)
        .flatMap(DeterminismTest::bodies);
  }

  /** What may run: the method itself, and whatever of ours overrides it. */
  private static Stream<JavaCodeUnit> bodies(AccessTarget.CodeUnitAccessTarget target) {
    JavaClass owner = target.getOwner();
    if (!owner.getPackageName().startsWith("dev.airlock")) {
      return Stream.empty();
    }
    return Stream.concat(Stream.of(owner), owner.getAllSubclasses().stream())
        .flatMap(type -> type.getCodeUnits().stream())
        .filter(unit -> unit.getName().equals(target.getName()))
        .filter(unit -> unit.getRawParameterTypes().size() == target.getRawParameterTypes().size());
  }

  private static @Nullable String offence(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    Pattern forbidden = FORBIDDEN.get(owner.getName());
    boolean isForbidden =
        forbidden != null
            ? forbidden.matcher(name).matches()
            : (FORBIDDEN_PACKAGES.matcher(owner.getPackageName()).matches()
                    || FORBIDDEN_PACKAGES.matcher(owner.getName()).matches())
                && !HARMLESS.matcher(owner.getName()).matches();
    if (isForbidden) {
      return owner.getName() + "." + name;
    }
    if (access.getTarget() instanceof AccessTarget.FieldAccessTarget field
        && owner.getPackageName().startsWith("dev.airlock")) {
      return field
          .resolveMember()
          .filter(found -> found.getModifiers().contains(JavaModifier.STATIC))
          .filter(found -> !found.getModifiers().contains(JavaModifier.FINAL))
          .map(found -> "the changing field " + owner.getSimpleName() + "." + found.getName())
          .orElse(null);
    }
    return null;
  }

  /** Does all that a workflow must not. */
  private static final class Forgetful {
    private static int runs;

    @SuppressWarnings({"unused", "JavaInstantGetSecondsGetNano"})
    String run() {
      runs++;
      return runs
          + " "
          + Instant.now()
          + ""
          + ThreadLocalRandom.current().nextInt()
          + new Roundabout().ask();
    }
  }

  private static final class Roundabout {
    String ask() {
      return Stream.of("HOME").map(System::getenv).findFirst().orElseThrow();
    }
  }
}
