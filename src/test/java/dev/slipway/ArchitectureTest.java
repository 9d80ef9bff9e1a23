package dev.slipway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    ROOT + ".failure..",
    ROOT + ".manifest..",
    ROOT + ".model..",
    ROOT + ".catalog..",
    ROOT + ".deploy..",
    ROOT + ".endpoint..",
    ROOT + ".rag..",
    ROOT + ".trace.."
  };
  private static final String[] ADAPTERS = {
    ROOT + ".aws..", ROOT + ".hub..", ROOT + ".inference..", ROOT + ".store.."
  };
  private static final Set<String> ROOMS =
      Set.of(
          "api",
          "aws",
          "catalog",
          "cli",
          "deploy",
          "endpoint",
          "failure",
          "hub",
          "inference",
          "local",
          "manifest",
          "model",
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
  void onlyTheAwsRoomUsesTheSdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".aws..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..")
        .check(house);
  }

  @Test
  void onlyMainsBuildAdapters() {
    DescribedPredicate<JavaClass> mains =
        simpleName("Main").or(DescribedPredicate.describe("inside a Main", this::insideMain));
    classes()
        .that(resideInAnyPackage(ADAPTERS))
        .should()
        .onlyBeAccessed()
        .byClassesThat(
            mains.or(resideInAnyPackage(ADAPTERS)).or(resideInAPackage(ROOT + ".api").and(mains)))
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
