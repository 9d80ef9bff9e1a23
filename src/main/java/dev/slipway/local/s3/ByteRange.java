package dev.slipway.local.s3;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which bytes of an object are wanted.
 *
 * @param first of them, counted from 0
 * @param length how many, at least one
 */
record ByteRange(long first, long length) {
  /** Eighteen digits hold any size and fit a long. */
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * Reads a {@code Range} header. One that asks for several ranges, or isn't of this form, is
   * ignored, as S3 does: absent then.
   *
   * @throws S3Failure {@code InvalidRange} if the object has none of these bytes
   */
  static Optional<ByteRange> of(String header, long size) {
    Matcher matcher = ONE.matcher(header.trim());
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return Optional.empty();
    }
    long first;
    long last;
    if (matcher.group(1).isEmpty()) {
      long suffix = Long.parseLong(matcher.group(2));
      first = Math.max(0, size - suffix);
      last = suffix == 0 ? -1 : size - 1;
    } else {
      first = Long.parseLong(matcher.group(1));
      last =
          matcher.group(2).isEmpty()
              ? size - 1
              : Math.min(size - 1, Long.parseLong(matcher.group(2)));
      if (!matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < first) {
        return Optional.empty();
      }
    }
    if (first >= size || last < first) {
      throw new S3Failure(S3Failure.Code.INVALID_RANGE, "The requested range is not satisfiable");
    }
    return Optional.of(new ByteRange(first, last - first + 1));
  }

  String contentRange(long size) {
    return "bytes " + first + "-" + (first + length - 1) + "/" + size;
  }
}
