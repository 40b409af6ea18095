package dev.airlock.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may know whom. The modules share no class path, so their class files are read from each one's
 * {@code target/classes}. Beside each wall a trespasser is compiled that the wall must catch.
 */
final class ArchitectureTest {

  /** Each module: its folder, and the modules that it may know. */
  private static final Map<String, Module> MODULES = new TreeMap<>();

  /** Foreign packages, and the only modules whose code may use them. */
  private static final Map<String, Set<String>> FOREIGN = new LinkedHashMap<>();

  static {
    MODULES.put("dsl", new Module("dsl", Set.of()));
    MODULES.put("workflows", new Module("workflows", Set.of("dsl")));
    MODULES.put("local", new Module("local", Set.of()));
    MODULES.put("scoring", new Module("activities/scoring", Set.of()));
    MODULES.put("store", new Module("activities/store", Set.of("dsl", "workflows")));
    MODULES.put("spark", new Module("activities/spark", Set.of("dsl", "workflows", "scoring")));
    MODULES.put(
        "monitoring",
        new Module("activities/monitoring", Set.of("dsl", "workflows", "store", "scoring")));
    MODULES.put("messages", new Module("activities/messages", Set.of("workflows", "store")));
    MODULES.put("programs", new Module("activities/programs", Set.of("dsl", "workflows")));
    MODULES.put(
        "worker",
        new Module(
            "activities/worker",
            Set.of(
                "dsl",
                "workflows",
                "store",
                "scoring",
                "spark",
                "messages",
                "monitoring",
                "programs")));
    MODULES.put("web", new Module("web", Set.of("dsl", "workflows", "store", "scoring")));
    MODULES.put("cli", new Module("cli", Set.of("dsl", "local")));
    MODULES.put("testing", new Module("testing", Set.of("dsl", "workflows")));
    MODULES.put("examples", new Module("examples", Set.of("dsl")));

    FOREIGN.put("io.temporal.workflow", Set.of("workflows"));
    FOREIGN.put("org.apache.spark", Set.of("spark"));
    FOREIGN.put("org.apache.iceberg", Set.of("spark"));
    FOREIGN.put("org.jdbi", Set.of("store"));
    FOREIGN.put("java.sql", Set.of("store", "programs"));
    FOREIGN.put("io.javalin", Set.of("web"));
    FOREIGN.put("jakarta.mail", Set.of("messages"));
  }

  private static JavaClasses house;

  @BeforeAll
  static void readTheHouse() {
    List<Path> folders = new ArrayList<>();
    MODULES.forEach(
        (name, module) -> {
          Path classes = Project.root().resolve(module.folder()).resolve("target/classes");
          assertTrue(
              Files.isDirectory(classes.resolve("dev/airlock/" + name)),
              () ->
                  "Expected the compiled module %s in %s: build it first (./airlock test does)."
                      .formatted(name, classes));
          folders.add(classes);
        });
    house = new ClassFileImporter().importPaths(folders);
  }

  static Stream<String> modules() {
    return MODULES.keySet().stream();
  }

  static Stream<String> libraries() {
    return FOREIGN.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void shouldKnowOnlyItsNeighbours(String name) {
    neighbours(name).check(house);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void shouldCatchEachTrespasserWhenAModuleKnowsStrangers(String name, @TempDir Path folder) {
    List<String> strangers = strangers(name).map(other -> "dev.airlock." + other).toList();
    JavaClasses trespass = Trespassers.in(folder, name, strangers);

    String caught = neighbours(name).evaluate(trespass).getFailureReport().toString();

    assertAll(
        strangers.stream()
            .map(stranger -> () -> assertTrue(caught.contains(stranger + "."), stranger)));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void shouldStayWhereItBelongs(String library) {
    onlyIn(library).check(house);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void shouldCatchEachTrespasserWhenAModuleUsesForeignLibraries(String name, @TempDir Path folder) {
    List<String> foreign = libraries().filter(library -> !homes(library).contains(name)).toList();
    JavaClasses trespass = Trespassers.in(folder, name, foreign);

    assertAll(
        foreign.stream()
            .map(
                library ->
                    () -> assertTrue(onlyIn(library).evaluate(trespass).hasViolation(), library)));
  }

  @Test
  void shouldBuildTheDslOfTheJdkAlone() {
    dslOfTheJdk().check(house);
  }

  @Test
  void shouldCatchATrespasserWhenTheDslUsesALibrary(@TempDir Path folder) {
    JavaClasses trespass = Trespassers.in(folder, "dsl", List.of("com.fasterxml.jackson.databind"));

    assertTrue(dslOfTheJdk().evaluate(trespass).hasViolation());
  }

  @Test
  void shouldHaveNoCyclesBetweenModules() {
    SlicesRuleDefinition.slices()
        .matching("dev.airlock.(*)..")
        .should()
        .beFreeOfCycles()
        .check(house);
  }

  @Test
  void shouldRefuseNullInEveryPackage() {
    assertFalse(house.isEmpty());
    classes()
        .that()
        .resideOutsideOfPackage("dev.airlock.web.templates") // generated
        .should(liveInNullMarkedPackages())
        .check(house);
  }

  @Test
  void shouldNameClassesAfterWhatTheyAre() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Utils?|Data|Info)")
        .because("such a name says nothing")
        .check(house);
  }

  private static ArchRule neighbours(String name) {
    String[] strangers =
        strangers(name).map(other -> "dev.airlock." + other + "..").toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("dev.airlock." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(strangers);
  }

  private static Stream<String> strangers(String name) {
    return modules().filter(other -> !other.equals(name) && !module(name).knows().contains(other));
  }

  private static ArchRule onlyIn(String library) {
    String[] homes =
        homes(library).stream().map(home -> "dev.airlock." + home + "..").toArray(String[]::new);
    return noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .and()
        .resideInAPackage("dev.airlock..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..");
  }

  private static Set<String> homes(String library) {
    return Objects.requireNonNull(FOREIGN.get(library));
  }

  private static ArchRule dslOfTheJdk() {
    return classes()
        .that()
        .resideInAPackage("dev.airlock.dsl..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "javax.tools..", "dev.airlock.dsl..", "org.jspecify.annotations..");
  }

  private static ArchCondition<JavaClass> liveInNullMarkedPackages() {
    return new ArchCondition<>("live in packages that are @NullMarked") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(new SimpleConditionEvent(item, marked, "package of " + item.getName()));
      }
    };
  }

  private static Module module(String name) {
    Module module = MODULES.get(name);
    if (module == null) {
      throw new AssertionError("No module " + name);
    }
    return module;
  }

  private record Module(String folder, Set<String> knows) {}
}
