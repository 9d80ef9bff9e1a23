package dev.slipway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.LocalEngine;
import dev.slipway.local.LocalTarget;
import dev.slipway.local.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Holds the directions of the design: who may use whom. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ArchitectureTest {
  private static final String ROOT = "dev.slipway";
  private static final String[] CORE = {
    ROOT + ".access..",
    ROOT + ".failure..",
    ROOT + ".manifest..",
    ROOT + ".model..",
    ROOT + ".catalog..",
    ROOT + ".plan..",
    ROOT + ".advise..",
    ROOT + ".deploy..",
    ROOT + ".endpoint..",
    ROOT + ".eval..",
    ROOT + ".image",
    ROOT + ".rag..",
    ROOT + ".trace.."
  };
  private static final String[] ADAPTERS = {
    ROOT + ".aws..",
    ROOT + ".hub..",
    ROOT + ".image.jib..",
    ROOT + ".inference..",
    ROOT + ".store.."
  };
  private static final Set<String> ROOMS =
      Set.of(
          "access",
          "advise",
          "api",
          "aws",
          "bench",
          "catalog",
          "cli",
          "deploy",
          "endpoint",
          "eval",
          "failure",
          "hub",
          "image",
          "inference",
          "local",
          "manifest",
          "model",
          "plan",
          "rag",
          "store",
          "trace");

  private JavaClasses house = new ClassFileImporter().importClasses();

  @BeforeAll
  void importTheHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  @Test
  void everyRoomIsLookedAt() {
    Set<String> rooms = new TreeSet<>();
    for (JavaClass each : house) {
      rooms.add(each.getPackageName().substring(ROOT.length() + 1).replaceFirst("\\..*", ""));
    }

    assertThat(rooms).isEqualTo(new TreeSet<>(ROOMS));
  }

  @Test
  void coreUsesNoSdkNoCdkNoHttpServer() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "software.amazon..",
            "software.constructs..",
            "io.helidon..",
            "com.sun.net.httpserver..")
        .check(house);
  }

  @Test
  void coreUsesNoAdapterAndNoLeaf() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(ADAPTERS)
                .or(resideInAnyPackage(ROOT + ".local..", ROOT + ".api..", ROOT + ".cli..")))
        .check(house);
  }

  @Test
  void onlyMainsBuildAdapters() {
    DescribedPredicate<JavaClass> mains =
        simpleName("Main").or(DescribedPredicate.describe("inside a Main", this::insideMain));
    for (String adapter : ADAPTERS) {
      classes()
          .that(resideInAPackage(adapter))
          .should()
          .onlyHaveDependentClassesThat(mains.or(resideInAPackage(adapter)))
          .check(house);
    }
    noClasses()
        .that(not(mains).and(resideOutsideOfPackage(ROOT + ".trace..")))
        .should()
        .dependOnClassesThat(simpleName("SqliteTraces").or(simpleName("OtlpTraces")))
        .check(house);
    noClasses()
        .that(not(mains).and(resideOutsideOfPackage(ROOT + ".local..")))
        .should()
        .callMethod(LocalTarget.class, "start", LocalTarget.Settings.class)
        .orShould()
        .callMethod(
            LocalEngine.class, "start", EndpointName.class, ContainerSpec.class, StateFolder.class)
        .check(house);
  }

  /** The command line also reads the state that the local target keeps for other terminals. */
  @Test
  void onlyTheCommandLineUsesTheLocalTarget() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".local..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".local..")
        .check(house);
  }

  @Test
  void eachLibraryHasOneRoom() {
    Map<String, String> rooms =
        Map.ofEntries(
            Map.entry("io.opentelemetry..", "trace.otlp"),
            Map.entry("software.amazon.awssdk..", "aws"),
            Map.entry("org.apache.lucene..", "store"),
            Map.entry("ai.onnxruntime..", "inference"),
            Map.entry("ai.djl..", "inference"),
            Map.entry("de.kherud.llama..", "local.container"),
            Map.entry("com.google.cloud.tools.jib..", "image.jib"),
            Map.entry("org.sqlite..", "trace"),
            Map.entry("picocli..", "cli"),
            Map.entry("com.samskivert.mustache..", "rag"),
            Map.entry("io.micrometer..", "api"),
            Map.entry("org.jsoup..", "rag.index"),
            Map.entry("org.HdrHistogram..", "bench"));
    rooms.forEach(
        (library, room) ->
            noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(house));
  }

  @Test
  void onlyTheServiceAndTheLocalTargetServeHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".api..", ROOT + ".local..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.helidon..", "com.sun.net.httpserver..")
        .check(house);
  }

  /** What is deployed is known before what is decided about it, and that before it is done. */
  @Test
  void decidingGoesFromTheCatalogToTheDeploy() {
    List<String> order = List.of("catalog", "plan", "advise", "deploy");
    for (int i = 0; i < order.size() - 1; i++) {
      String[] later =
          order.subList(i + 1, order.size()).stream()
              .map(room -> ROOT + "." + room + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + "." + order.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(later)
          .check(house);
    }
  }

  /** An adapter implements what the engine asks of a cloud, and knows nothing of the engine. */
  @Test
  void theAdapterOfAwsUsesThePortsOfTheEngineOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".aws..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + ".deploy..")
                .and(resideOutsideOfPackage(ROOT + ".deploy.cloud")))
        .check(house);
  }

  @Test
  void thePortsOfTheEngineUseNothingOfIt() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".deploy.cloud")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + ".deploy..")
                .and(resideOutsideOfPackage(ROOT + ".deploy.cloud")))
        .check(house);
  }

  private boolean insideMain(JavaClass candidate) {
    return candidate.getEnclosingClass().map(e -> e.getSimpleName().equals("Main")).orElse(false);
  }

  @Test
  void nobodyUsesTheLeavesButTheCommandLineThatStartsTheService() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".cli..")
        .check(house);
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".cli..", ROOT + ".api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".api..")
        .check(house);
  }

  /** Answers are measured from outside, whatever made them. */
  @Test
  void evaluationsUseFewRoomsAndOnlyTheCommandLineUsesThem() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".eval..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..")
                .and(
                    resideOutsideOfPackages(
                        ROOT + ".eval..",
                        ROOT + ".failure..",
                        ROOT + ".manifest..",
                        ROOT + ".rag..",
                        ROOT + ".trace..")))
        .check(house);
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".eval..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".eval..")
        .check(house);
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> packages = new TreeSet<>();
    house.forEach(c -> packages.add(c.getPackageName()));
    List<String> silent =
        packages.stream()
            .filter(
                p -> !Files.exists(Path.of("main/java", p.replace('.', '/'), "package-info.java")))
            .toList();

    assertThat(silent).isEmpty();
  }
}
