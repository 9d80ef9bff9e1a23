package dev.slipway.aws.wire;

/**
 * One header of a request.
 *
 * @param name in lower case
 * @param value in visible ASCII characters, blanks and tabs
 */
public record Header(String name, String value) {

  /** Checks both: what is in a header can't become another header, or a request. */
  public Header {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == ':' || (c >= 'A' && c <= 'Z')) {
        throw new IllegalArgumentException("no name of a header in lower case: " + name);
      }
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c >= 0x7f) {
        throw new IllegalArgumentException("the header " + name + " is not visible ASCII");
      }
    }
  }
}
