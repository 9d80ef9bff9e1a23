package dev.slipway.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer to a range request says of its bytes.
 *
 * @param first the offset of its first byte
 * @param size of the whole file, absent where the server doesn't say
 */
record RangeReply(long first, Optional<Long> size) {

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

  /** Reads a 206's Content-Range, or a 200's Content-Length; absent if a 206 lacks its range. */
  static Optional<RangeReply> of(HubClient.Reply reply) {
    if (reply.status() == 200) {
      return Optional.of(
          new RangeReply(
              0,
              reply
                  .header("Content-Length")
                  .filter(text -> text.matches("[0-9]{1,18}"))
                  .map(Long::parseLong)));
    }
    Matcher range = CONTENT_RANGE.matcher(reply.header("Content-Range").orElse(""));
    if (!range.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new RangeReply(
            Long.parseLong(range.group(1)),
            Optional.of(range.group(2)).filter(text -> !text.equals("*")).map(Long::parseLong)));
  }
}
