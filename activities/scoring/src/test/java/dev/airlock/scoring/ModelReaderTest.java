package dev.airlock.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelReaderTest {

  /** Each row breaks the golden boosted model in one place by replacing some text. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "airlock-model"        | "other"           | format                       | expected 'airlock-model', got "other"
          "formatVersion":1      | "formatVersion":2 | formatVersion                | it is 2, but this Airlock reads version 1
          "formatVersion":1      | "formatVersion":1.5 | formatVersion              | expected a whole number, got 1.5
          "formatVersion":1,     | ''                | formatVersion                | the field is missing
          binary_classification  | clustering        | task                         | expected binary_classification or regression, got "clustering"
          binary_classification  | regression        | the top level                | the predictor TreeEnsemble answers [BINARY_CLASSIFICATION], not REGRESSION
          "recency"              | 7                 | features[0]                  | expected text, got 7
          "tree_ensemble"        | "neural_net"      | predictor.type               | expected logistic_regression, linear_regression, decision_tree or tree_ensemble
          "logistic"             | "median"          | predictor.combination        | expected sum or mean or logistic
          "weights":[1.0,        | "weights":[       | predictor                    | 2 trees have 1 weights
          "weights":[1.0         | "weights":[1e999  | predictor.weights[0]         | expected a number that a double can hold
          "feature":[0,          | "feature":[9,     | the top level                | the predictor reads 10 features, but 3 are named
          "feature":[0,          | "feature":[-2,    | predictor.trees[0]           | node 0 has feature -2
          "feature":[0,          | "feature":["a",   | predictor.trees[0].feature[0] | expected a whole number, got "a"
          "left":[1,             | "left":[0,        | predictor.trees[0]           | node 0 has left child 0, expected an index between 1 and 4
          "left":[1,             | "left":[5,        | predictor.trees[0]           | node 0 has left child 5, expected an index between 1 and 4
          "left":[1,             | "left":[2,        | predictor.trees[0]           | node 0 has right child 2, which has another parent already
          "left":[1,-1,3         | "left":[1,-1,1    | predictor.trees[0]           | node 2 has left child 1, expected an index between 3 and 4
          "left":[1,-1,3         | "left":[1,1,3     | predictor.trees[0]           | node 1 is a leaf with left 1
          "left":[1,-1,          | "left":[1,        | predictor.trees[0]           | the arrays differ in length
          "value":[0.0,          | "value":[0.5,     | predictor.trees[0]           | node 0 is a split with value 0.5
          {"feature":[-1]        | {"depth":1,"feature":[-1] | predictor.trees[1].depth | the field is unknown
          "trees":[              | "trees":{},"x":[  | predictor.x                  | the field is unknown
          "label":               | "task":"x","label": | line 1, column 111         | Duplicate field 'task'
          """)
  void shouldNameThePlaceWhenAFileIsBroken(
      String found, String replacement, String place, String reason) {
    String golden = new String(Models.boosted().write(), UTF_8);
    assertTrue(golden.contains(found), golden);
    assertBroken(golden.replace(found, replacement).getBytes(UTF_8), place, reason);
  }

  @Test
  void shouldRefuseATreeWithAnOrphan() {
    String golden = new String(Models.boosted().write(), UTF_8);
    String orphaned =
        golden
            .replace("\"feature\":[-1]", "\"feature\":[-1,-1]")
            .replace("\"threshold\":[0.0]", "\"threshold\":[0.0,0.0]")
            .replace("\"left\":[-1]", "\"left\":[-1,-1]")
            .replace("\"right\":[-1]", "\"right\":[-1,-1]")
            .replace("\"value\":[0.125]", "\"value\":[0.125,0.5]");
    assertBroken(orphaned.getBytes(UTF_8), "predictor.trees[1]", "node 1 has no parent");
  }

  @Test
  void shouldRefuseAnythingThatIsNoJsonObject() {
    assertBroken(new byte[0], "the top level", "expected an object, got nothing");
    assertBroken("null".getBytes(UTF_8), "the top level", "expected an object, got null");
    assertBroken("[1]".getBytes(UTF_8), "the top level", "expected an object, got [1]");
    assertBroken("<html>".getBytes(UTF_8), "line 1, column 1", "no valid JSON");
    byte[] model = Models.logistic().write();
    assertBroken(Arrays.copyOf(model, model.length + 1), "line 2, column 2", "no valid JSON");
  }

  @Test
  void shouldRefuseAFileCutShortAnywhere() {
    byte[] model = Models.boosted().write();
    for (int length = 0; length < model.length - 1; length++) {
      byte[] cut = Arrays.copyOf(model, length);
      assertThrows(InvalidModelException.class, () -> ScoringModel.read(cut));
    }
  }

  private static void assertBroken(byte[] bytes, String place, String reason) {
    InvalidModelException broken =
        assertThrows(InvalidModelException.class, () -> ScoringModel.read(bytes));
    String message = String.valueOf(broken.getMessage());
    assertEquals(place, broken.place(), message);
    assertTrue(message.contains(reason), message);
    assertFalse(message.contains("Exception"), message);
  }
}
