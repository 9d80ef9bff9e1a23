package dev.slipway.standin.stacks;

/** One step of the work on a stack. */
interface Task {

  /** Returns which resource it is about; empty for none. */
  String logicalId();

  /** Begins, or looks how far it is. */
  Progress advance();

  /** Returns the same step, to be tried from its beginning. */
  Task again();

  /** Returns a step that is done at once. */
  static Task once(Runnable deed) {
    return new Task() {
      @Override
      public String logicalId() {
        return "";
      }

      @Override
      public Progress advance() {
        deed.run();
        return new Progress.Done();
      }

      @Override
      public Task again() {
        return this;
      }
    };
  }
}
