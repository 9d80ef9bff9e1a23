package dev.slipway.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a TCP port: 0 to 65535, where 0 stands for any that is free. */
final class PortNumber implements ITypeConverter<Integer> {
  private static final int LAST = 65535;

  PortNumber() {}

  @Override
  public Integer convert(String value) {
    try {
      int port = Integer.parseInt(value);
      if (port >= 0 && port <= LAST) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw refused(value);
    }
    throw refused(value);
  }

  private static TypeConversionException refused(String value) {
    return new TypeConversionException("a port is 0 to " + LAST + ", not \"" + value + "\"");
  }
}
