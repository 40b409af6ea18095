package dev.airlock.web.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * One named column of a request. Numbers are kept as doubles (NaN where null or text came), texts
 * as they came.
 */
final class Tensor {
  private final String name;
  private String datatype = "";
  private List<Long> shape = List.of();
  private double[] numbers = new double[16];
  private final List<String> texts = new ArrayList<>();
  private final BitSet nulls = new BitSet();
  private int length;

  Tensor(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  String datatype() {
    return datatype;
  }

  List<Long> shape() {
    return shape;
  }

  int length() {
    return length;
  }

  boolean isText() {
    return datatype.equals("BYTES");
  }

  void describe(String type, List<Long> dimensions) {
    datatype = type;
    shape = List.copyOf(dimensions);
  }

  void add(double number, String text) {
    if (length == numbers.length) {
      numbers = Arrays.copyOf(numbers, length * 2);
    }
    numbers[length++] = number;
    texts.add(text);
  }

  void addNull() {
    nulls.set(length);
    add(Double.NaN, "null");
  }

  boolean isNull(int row) {
    return nulls.get(row);
  }

  double number(int row) {
    return numbers[row];
  }

  /** What came, as text. */
  String text(int row) {
    return texts.get(row);
  }
}
