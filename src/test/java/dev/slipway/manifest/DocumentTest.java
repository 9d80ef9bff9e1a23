package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "\n \n", "# only a comment\n", "---\n", "---\n...\n"})
  void nothingIsNotAManifest(String text) {
    assertThat(Read.problems(text))
        .singleElement()
        .asString()
        .endsWith("is empty; `slipway init` writes a manifest to start from");
  }

  @Test
  void whatIsNotYamlIsReportedWithItsLine() {
    assertThat(Read.problems("name: chat\nmodel: {source: a\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: is not YAML: ");
    assertThat(Read.problems("name: chat\n\ttarget: aws\n"))
        .singleElement()
        .asString()
        .startsWith("line 2: is not YAML: ");
    assertThat(Read.problems("name: chat\nregion: a\u0007b\n"))
        .containsExactly("line 2: holds a character that YAML does not allow: U+0007");
    assertThat(Read.problems("- a\n- b\n"))
        .containsExactly("line 1: must be a map of keys, is a list");
    assertThat(Read.problems("hello"))
        .containsExactly("line 1: must be a map of keys, is \"hello\"");
  }

  @Test
  void aManifestIsOneDocument() {
    assertThat(Read.problems(Read.LEAST + "---\nname: other\n"))
        .containsExactly("line 4: a second document begins here (---); a manifest is one document");
  }

  @Test
  void aKeyThatIsThereTwiceIsReportedWithBothLines() {
    assertThat(Read.problemsWith("rag:\n  k: 1\n  k: 2\n"))
        .containsExactly("line 5: rag.k: is there twice, first on line 4");
  }

  @Test
  void tagsAndOddKeysAreRefused() {
    assertThat(Read.problemsWith("region: !secret eu-west-1\n"))
        .containsExactly(
            "line 3: region: has the tag !secret; a manifest holds untagged text, numbers, lists"
                + " and maps");
    assertThat(Read.problemsWith("rag: !!java.net.URL [\"http://localhost\"]\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: is not YAML: Global tag is not allowed");
    assertThat(Read.problemsWith("? [a]\n: b\n"))
        .containsExactly("line 3: has a key that is not text");
  }

  @Test
  void aliasesAreFollowedAndMergeKeysRefused() {
    assertThat(
            Read.manifest(
                    Read.LEAST
                        + "api: {limits: {deadline: &long 90s}}\n"
                        + "endpoint: {smoke: {timeout: *long}}\n")
                .endpoint()
                .hosting()
                .smoke()
                .timeout())
        .hasSeconds(90);
    assertThat(Read.problemsWith("rag: &rag {k: 2}\napi:\n  <<: *rag\n"))
        .containsExactly(
            "line 5: api.\"<<\": merge keys are not read; overlay with environments instead");
  }

  @Test
  void anAliasOfItselfIsRefused() {
    assertThat(Read.problemsWith("tags: &tags\n  team: *tags\n"))
        .containsExactly("line 4: tags.team: is an alias of something that it is part of");
  }

  @Test
  void aBombOfAliasesIsRefusedAndNotExpanded() {
    StringBuilder bomb = new StringBuilder(Read.LEAST).append("tags:\n  a0: &a0 [x, x]\n");
    for (int i = 1; i < 25; i++) {
      bomb.append("  a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThat(Read.problems(bomb.toString()))
        .anySatisfy(
            problem -> assertThat(problem).contains("too much: with its aliases, more than"));
  }

  @Test
  void hugeValuesAreRefusedAndNotMatched() {
    for (String part : new String[] {"a/", "://:", "eyJ-", "_", "${", "..", "0", "secret:"}) {
      String huge = part.repeat(100_000);
      String lines =
          "endpoint: {server: '%1$s', environment: {A: '%1$s'}}\nregion: '%1$s'\ntags: {'%1$s': a}\n"
              .formatted(huge);
      assertThat(Read.problemsWith(lines))
          .as(part)
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(500));
    }
  }

  @Test
  void tooManyEnvironmentsAreRefused() {
    StringBuilder many = new StringBuilder("environments:\n");
    for (int i = 0; i <= ManifestKeys.MOST_ENVIRONMENTS; i++) {
      many.append("  e%d: {}\n".formatted(i));
    }

    assertThat(Read.problemsWith(many.toString()))
        .containsExactly("line 3: environments: must be at most 50 environments");
  }

  @Test
  void deepNestingIsRefused() {
    assertThat(Read.problemsWith("tags: " + "[".repeat(2000)))
        .singleElement()
        .asString()
        .contains("is not YAML: ");
  }

  @Test
  void textIsToldFromNumbersAsInYaml12() {
    assertThat(Read.manifest(Read.LEAST + "rag: {collections: [no, on, y]}\n").rag().collections())
        .containsExactly("no", "on", "y");
    assertThat(Read.problemsWith("rag: {collections: [2024]}\n"))
        .containsExactly(
            "line 3: rag.collections[0]: must be a collection's name, is 2024; put it in quotes");
    assertThat(Read.problemsWith("api: {port: \"8000\"}\n"))
        .containsExactly("line 3: api.port: must be a whole number of 0 to 65535, is \"8000\"");
    assertThat(Read.problemsWith("api: {port: 0x1F90}\nrag: {k: 3.0}\ntrace: {content: yes}\n"))
        .containsExactly(
            "line 3: api.port: must be a whole number of 0 to 65535, is 0x1F90",
            "line 4: rag.k: must be a whole number of 1 to 100, is 3.0",
            "line 5: trace.content: must be true or false, is \"yes\"");
  }
}
