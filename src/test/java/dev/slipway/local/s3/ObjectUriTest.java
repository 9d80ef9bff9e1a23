package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ObjectUriTest {

  @Test
  void bothFormsNameTheSameObject() {
    ObjectUri object = new ObjectUri("my-bucket", "a/b c");
    assertThat(ObjectUri.parse("s3://my-bucket/a/b c")).isEqualTo(object);
    assertThat(ObjectUri.parse("https://my-bucket.s3.eu-west-1.amazonaws.com/a/b%20c"))
        .isEqualTo(object);
    assertThat(ObjectUri.parse("https://s3.eu-west-1.amazonaws.com/my-bucket/a/b%20c"))
        .isEqualTo(object);
    assertThat(ObjectUri.parse("s3://my-bucket")).isEqualTo(new ObjectUri("my-bucket", ""));
    assertThat(ObjectUri.parse(object.toString())).isEqualTo(object);
  }

  @Test
  void aPrefixIsExtendedWithOneSlash() {
    assertThat(new ObjectUri("bucket", "a").below("b").key()).isEqualTo("a/b");
    assertThat(new ObjectUri("bucket", "a/").below("b").key()).isEqualTo("a/b");
    assertThat(new ObjectUri("bucket", "").below("b").key()).isEqualTo("b");
  }

  @Test
  void whatNamesNoObjectIsRefused() {
    for (String text :
        new String[] {
          "", "s3://", "s3://A/b", "s3://..", "http://bucket/x", "x", "https://", "https:// /"
        }) {
      assertThatThrownBy(() -> ObjectUri.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
