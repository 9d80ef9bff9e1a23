package dev.slipway.standin.kernel;

import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/** Makes up names and ids, the same ones in each run. Not thread-safe. */
public final class Names {
  private final Random random = new Random(3);

  /** Returns 12 letters and digits, as CloudFormation ends names with. */
  public String suffix() {
    StringBuilder text = new StringBuilder();
    while (text.length() < 12) {
      text.append(Integer.toString(random.nextInt(36), 36).toUpperCase(Locale.ROOT));
    }
    return text.toString();
  }

  /** Returns an id of the form of a UUID. */
  public String id() {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  /** Returns a name of at most so many characters for a resource of a stack. */
  public String physical(String stack, String logicalId, int most) {
    String end = "-" + suffix();
    String begin = stack + "-" + logicalId;
    return begin.substring(0, Math.min(begin.length(), most - end.length())) + end;
  }
}
