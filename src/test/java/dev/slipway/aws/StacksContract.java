package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks.ChangeSet;
import dev.slipway.deploy.cloud.Stacks.Event;
import dev.slipway.deploy.cloud.Stacks.Proposal;
import dev.slipway.deploy.cloud.Stacks.Resource;
import dev.slipway.deploy.cloud.Stacks.ResourceChange;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.failure.CloudFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every cloud does with stacks and change sets. */
public abstract class StacksContract extends CloudContract {
  private static final String G4 = "ml.g4dn.xlarge";
  private static final String BIGGER = "ml.g4dn.2xlarge";

  @Test
  void aStackThatIsNotThereIsAbsent() {
    assertThat(cloud().stacks().find(stack())).isEmpty();
    assertThat(cloud().stacks().changeSet(stack(), name + "-none")).isEmpty();
    assertThat(cloud().stacks().tagged(tags())).isEmpty();
  }

  @Test
  void listsOfAStackThatIsNotThereSayThatItIsNotFound() {
    for (Runnable call :
        List.<Runnable>of(
            () -> cloud().stacks().template(stack()),
            () -> cloud().stacks().events(stack(), Optional.empty()),
            () -> cloud().stacks().resources(stack()))) {
      assertThatExceptionOfType(CloudFailure.class)
          .isThrownBy(call::run)
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.NOT_FOUND));
    }
  }

  @Test
  void aProposalSaysWhatItWouldMakeAndMakesNothing() {
    ChangeSet changes = proposed(proposal("first", true, endpointTemplate(G4)));

    assertThat(changes.status()).isEqualTo("CREATE_COMPLETE");
    assertThat(changes.execution()).isEqualTo("AVAILABLE");
    assertThat(changes.changes())
        .extracting(ResourceChange::action, ResourceChange::logicalId, ResourceChange::type)
        .containsExactlyInAnyOrder(
            tuple("Add", "Role", "AWS::IAM::Role"),
            tuple("Add", "Model", "AWS::SageMaker::Model"),
            tuple("Add", "Config", "AWS::SageMaker::EndpointConfig"),
            tuple("Add", "Endpoint", "AWS::SageMaker::Endpoint"));
    assertThat(cloud().stacks().find(stack()))
        .get()
        .extracting(Stack::status)
        .isEqualTo(StackStatus.REVIEW_IN_PROGRESS);

    cloud().stacks().delete(stack(), Set.of(), name);
  }

  @Test
  void anAppliedStackHasItsParametersTagsAndTemplate() {
    String template = endpointTemplate(G4);

    Stack stack = applied("first", true, template);

    assertThat(stack.status()).isEqualTo(StackStatus.CREATE_COMPLETE);
    assertThat(stack.name()).isEqualTo(stack());
    assertThat(stack.id()).startsWith("arn:").contains(stack());
    assertThat(stack.parameters()).isEqualTo(Map.of("Purpose", "contract"));
    assertThat(stack.tags()).containsAllEntriesOf(tags());
    assertThat(cloud().stacks().template(stack())).isEqualTo(template);
    assertThat(cloud().stacks().find(stack.id())).contains(stack);
    deleteStack();
  }

  @Test
  void anAppliedStackHasItsOutputs() {
    needs(Gap.OUTPUTS);

    Stack stack = applied("first", true, endpointTemplate(G4));

    assertThat(stack.outputs())
        .isEqualTo(
            Map.of(
                "EndpointName", made("Endpoint"),
                "ConfigName", made("Config"),
                "ModelName", made("Model")));
    deleteStack();
  }

  @Test
  void resourcesHaveTheirPhysicalIds() {
    applied("first", true, endpointTemplate(G4));

    List<Resource> resources = cloud().stacks().resources(stack());

    assertThat(resources)
        .extracting(Resource::logicalId)
        .containsExactlyInAnyOrder("Role", "Model", "Config", "Endpoint");
    assertThat(resources).allSatisfy(each -> assertThat(each.physicalId()).isPresent());
    assertThat(resources)
        .filteredOn(each -> each.logicalId().equals("Endpoint"))
        .allSatisfy(each -> assertThat(each.physicalId().orElseThrow()).contains(":endpoint/"));
    deleteStack();
  }

  @Test
  void eventsComeOldestFirstAndOnlyThoseAfterTheLastKnownOne() {
    Stack stack = applied("first", true, endpointTemplate(G4));
    List<Event> events = cloud().stacks().events(stack(), Optional.empty());

    assertThat(events).extracting(Event::id).doesNotHaveDuplicates().isNotEmpty();
    assertThat(events).extracting(Event::at).isSorted();
    assertThat(events.getLast().status()).isEqualTo("CREATE_COMPLETE");
    assertThat(events.getLast().physicalId()).contains(stack.id());

    Event known = events.getLast();
    assertThat(cloud().stacks().events(stack(), Optional.of(known.id()))).isEmpty();
    assertThat(cloud().stacks().events(stack(), Optional.of(events.getFirst().id())))
        .isEqualTo(events.subList(1, events.size()));
    applied("second", false, endpointTemplate(BIGGER));
    assertThat(cloud().stacks().events(stack(), Optional.of(known.id())))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.at()).isAfterOrEqualTo(known.at()))
        .doesNotContain(known);
    deleteStack();
  }

  @Test
  void theSameAgainIsAChangeSetThatFailedForWantOfChanges() {
    needs(Gap.EMPTY_CHANGE_SETS);
    String template = endpointTemplate(G4);
    applied("first", true, template);

    ChangeSet again = proposed(proposal("again", false, template));

    assertThat(again.status()).isEqualTo("FAILED");
    assertThat(again.execution()).isEqualTo("UNAVAILABLE");
    assertThat(again.reason().orElseThrow()).contains("didn't contain changes");
    deleteStack();
  }

  @Test
  void anUpdateSaysWhatItReplaces() {
    Stack before = applied("first", true, endpointTemplate(G4));

    Proposal bigger = proposal("bigger", false, endpointTemplate(BIGGER));
    assertThat(proposed(bigger).changes())
        .filteredOn(change -> change.logicalId().equals("Config"))
        .singleElement()
        .satisfies(change -> assertThat(change.action()).isEqualTo("Modify"));
    Stack after = applied("apply", false, endpointTemplate(BIGGER));

    assertThat(after.status()).isEqualTo(StackStatus.UPDATE_COMPLETE);
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(cloud().stacks().template(stack())).isEqualTo(endpointTemplate(BIGGER));
    deleteStack();
  }

  @Test
  void aDroppedChangeSetIsGoneAndDroppingItAgainIsNoFailure() {
    Proposal first = proposal("first", true, endpointTemplate(G4));
    proposed(first);

    cloud().stacks().drop(stack(), first.changeSet());

    assertThat(cloud().stacks().changeSet(stack(), first.changeSet())).isEmpty();
    needs(Gap.ABSENT_CHANGE_SETS);
    cloud().stacks().drop(stack(), first.changeSet());
    cloud().stacks().delete(stack(), Set.of(), name);
  }

  @Test
  void stacksAreFoundByAllTheirTagsUntilTheyAreDeleted() {
    Stack stack = applied("first", true, endpointTemplate(G4));

    assertThat(cloud().stacks().tagged(tags())).extracting(Stack::id).containsExactly(stack.id());
    assertThat(cloud().stacks().tagged(Map.of("slipway:deployment", name)))
        .extracting(Stack::name)
        .containsExactly(stack());
    assertThat(
            cloud()
                .stacks()
                .tagged(Map.of("slipway:deployment", name, "slipway:environment", "other")))
        .isEmpty();

    deleteStack();
    assertThat(cloud().stacks().tagged(tags())).isEmpty();
  }

  @Test
  void aDeletedStackIsAbsentByNameAndDeletedById() {
    Stack stack = applied("first", true, endpointTemplate(G4));
    EndpointName endpoint = endpoint();

    deleteStack();

    assertThat(cloud().stacks().find(stack.id()))
        .get()
        .extracting(Stack::status)
        .isEqualTo(StackStatus.DELETE_COMPLETE);
    assertThat(cloud().hosting().endpoint(endpoint)).isEmpty();
  }

  @Test
  void deletingAStackThatIsNotThereIsNoFailure() {
    cloud().stacks().delete(stack(), Set.of(), name);

    assertThat(cloud().stacks().find(stack())).isEmpty();
  }

  @Test
  void whatIsNotBeingUpdatedCannotBeCancelledOrContinued() {
    needs(Gap.UPDATES_CANCELLED);
    applied("first", true, endpointTemplate(G4));

    for (Runnable call :
        List.<Runnable>of(
            () -> cloud().stacks().cancelUpdate(stack(), name),
            () -> cloud().stacks().continueRollback(stack(), Set.of(), name))) {
      assertThatExceptionOfType(CloudFailure.class)
          .isThrownBy(call::run)
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.CONFLICT));
    }
    deleteStack();
  }
}
