package dev.slipway.local.container;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Ends this process at once, whatever native threads are doing. {@link Runtime#halt} runs the C
 * library's exit handlers, which take llama.cpp's tables away from under a computation that still
 * runs: seen here as a SIGSEGV at the end. The C function {@code _exit} runs none.
 */
public final class ProcessExit {
  private ProcessExit() {}

  /** Ends the process with a code. Does not return. */
  @SuppressWarnings("restricted") // the process is started with native access
  public static void now(int code) {
    try {
      Linker linker = Linker.nativeLinker();
      linker
          .downcallHandle(
              linker.defaultLookup().find("_exit").orElseThrow(),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
          .invokeExact(code);
    } catch (Throwable e) {
      // No such function here, or native access is off: the next best.
      Runtime.getRuntime().halt(code);
    }
  }
}
