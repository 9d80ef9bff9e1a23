package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;

class FakeChatModelTest extends ChatModelContract {
  @Override
  ChatModel saying(String... pieces) {
    return FakeChatModel.saying(pieces);
  }

  @Override
  ChatModel failing(EndpointFailure failure, String... pieces) {
    return FakeChatModel.failing(failure, pieces);
  }
}
