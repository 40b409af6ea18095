package dev.airlock.workflows;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Long payloads travel zipped: the graph of 2,000 stages, which Temporal would refuse at 2 MB, is a
 * twentieth then. What is short, and what was written before, stays as it is.
 */
final class LongPayloads implements PayloadCodec {

  private static final int LONG = 16_384;
  private static final String ENCODING = "encoding";
  private static final ByteString ZIPPED = ByteString.copyFromUtf8("binary/gzip");

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream().map(LongPayloads::encode).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(LongPayloads::decode).toList();
  }

  private static Payload encode(Payload payload) {
    if (payload.getData().size() < LONG) {
      return payload;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      payload.writeTo(zip);
    } catch (IOException e) {
      throw new PayloadCodecException("A payload could not be zipped.", e);
    }
    return Payload.newBuilder()
        .putMetadata(ENCODING, ZIPPED)
        .setData(ByteString.copyFrom(bytes.toByteArray()))
        .build();
  }

  private static Payload decode(Payload payload) {
    if (!ZIPPED.equals(payload.getMetadataMap().get(ENCODING))) {
      return payload;
    }
    try (GZIPInputStream zip =
        new GZIPInputStream(new ByteArrayInputStream(payload.getData().toByteArray()))) {
      return Payload.parseFrom(zip);
    } catch (IOException e) {
      throw new PayloadCodecException("A zipped payload could not be read.", e);
    }
  }
}
