package dev.slipway.hub;

import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.RelativePath;
import java.io.IOException;

/** Says what a Hub's refusal means to the one who asked, in words of their own for each case. */
record HubFailures(HubSettings settings, HubRepository repository) {

  private static final String TOKENS =
      "Set HF_TOKEN to a token that may read it (the Hub's page Settings, Access Tokens).";

  /**
   * Makes the failure of an answer that is none of 2xx.
   *
   * @param subject what was asked for: a revision, a file
   */
  Failure of(HubClient.Reply reply, String subject) {
    String code = reply.header("X-Error-Code").orElse("");
    return switch (code) {
      case "GatedRepo" -> gated();
      case "RepoNotFound" -> missing();
      case "RevisionNotFound" -> noRevision(subject);
      case "EntryNotFound" -> noEntry(subject);
      case "DisabledRepo" -> denied("the Hub has disabled it");
      default ->
          switch (reply.status()) {
            case 401 -> settings.isHub(reply.uri()) ? tokenRefused() : other(reply, subject);
            case 403 ->
                settings.isHub(reply.uri())
                    ? denied("the Hub says that this token may not read it")
                    : other(reply, subject);
            case 404 -> missing();
            default -> other(reply, subject);
          };
    };
  }

  private Failure gated() {
    String why =
        hasToken()
            ? "its authors ask for consent first, and this token's account hasn't got theirs"
            : "its authors ask for consent first, and no token says who is asking";
    return failure(
        "model_gated", why + notSent(), "Accept its terms at " + repository.page() + ". " + TOKENS);
  }

  private Failure missing() {
    String why =
        hasToken()
            ? "there is no such model, or it is private and this token may not see it"
            : "there is no such model, or it is private and no token says who is asking";
    return failure(
        "model_not_found",
        why + notSent(),
        "See that model.source names it as " + settings.endpoint() + " does. " + TOKENS);
  }

  private Failure noRevision(String revision) {
    return failure(
        "revision_not_found",
        "it has no " + revision,
        "Give a branch, a tag or a commit that "
            + repository.page()
            + " lists as model.revision, or delete slipway.lock if the pinned commit was removed.");
  }

  private Failure noEntry(String file) {
    return failure(
        "file_not_found",
        "this revision has no " + file,
        "Delete slipway.lock to pin the model anew.");
  }

  private Failure tokenRefused() {
    return hasToken()
        ? failure(
            "hub_token_refused",
            "the Hub doesn't know this token, or it has expired",
            "Make a new one at the Hub's page Settings, Access Tokens, and set HF_TOKEN to it.")
        : failure("hub_denied", "the Hub wants to know who is asking" + notSent(), TOKENS);
  }

  private Failure denied(String why) {
    return failure(
        "hub_denied",
        why + notSent(),
        "See the model's page "
            + repository.page()
            + ", and the token's permissions at the Hub's page Settings, Access Tokens.");
  }

  private Failure other(HubClient.Reply reply, String subject) {
    return failure(
        "hub_answer_invalid",
        reply.uri().getHost() + " answered " + reply.status() + " when asked for " + subject,
        "Try again; if it stays, see that HF_ENDPOINT is a Hub.");
  }

  /** Makes the failure of a Hub that could not be asked. */
  OperationFailed unreachable(IOException e) {
    return new OperationFailed(
        "hub_unreachable",
        what(),
        e instanceof HubUnreachable ? String.valueOf(e.getMessage()) : "the connection broke",
        "See the network and HF_ENDPOINT, then try again: it goes on where it was.",
        true,
        e);
  }

  /** Makes the failure of what isn't here while nothing may be asked. */
  OperationFailed offline(String lacking) {
    return failure(
        "hub_offline",
        lacking + ", and HF_HUB_OFFLINE forbids to ask the Hub",
        "Unset HF_HUB_OFFLINE, and run `slipway model pull` once with a network.");
  }

  /** Makes the failure of a file that isn't what was resolved any more. */
  OperationFailed changed(String path, String why) {
    return failure(
        "model_changed",
        "its file " + RelativePath.quoted(path) + " " + why,
        "Delete slipway.lock to pin what is there now, if the change is meant.");
  }

  /** Makes the failure of an answer that can't be what a Hub says. */
  OperationFailed invalid(String why) {
    return failure(
        "hub_answer_invalid", why, "See that HF_ENDPOINT is a Hub, and try again later.");
  }

  private OperationFailed failure(String code, String why, String next) {
    return new OperationFailed(code, what(), why, next);
  }

  private String what() {
    return "Cannot read " + repository.source().uri();
  }

  private boolean hasToken() {
    return settings.token().isPresent() && settings.mayCarryToken(settings.endpoint());
  }

  private String notSent() {
    return settings.token().isPresent() && !settings.mayCarryToken(settings.endpoint())
        ? " (the token was not sent, because HF_ENDPOINT is plain http and not this machine)"
        : "";
  }
}
