package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.validation.SpecValidation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks in Java guard what the CRD's rules guard, by the same tables. */
class ValidationParityTest {

    private static final ObjectMapper JSON = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** Left to AWS, whose first look at such an id fails before anything is changed. */
    private static final List<String> IDENTIFIERS =
            List.of("is not the id of", "write its 12 digits", "spec.peers[].region", "Too many", "1000");

    /** Left to the JSON parser: a value of these kinds never becomes a spec. */
    private static final List<String> TYPES = List.of("supported values", "must be of type", "Required value");

    static Stream<SpecCase> refusals() {
        return SpecCase.table("refusals.yaml").stream()
                .filter(row -> row.before() == null)
                .filter(row -> Stream.concat(IDENTIFIERS.stream(), TYPES.stream())
                        .noneMatch(part -> row.says().contains(part) || row.field().equals(part)));
    }

    static Stream<SpecCase> accepted() {
        return SpecCase.table("accepted.yaml").stream();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesTheSame(SpecCase row) throws Exception {
        assertThat(SpecValidation.problems(spec(row))).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void takesTheSame(SpecCase row) throws Exception {
        // A stack that the API server took and the operator then refuses could not be explained to anybody.
        assertThat(SpecValidation.problems(spec(row))).isEmpty();
    }

    private static PrivateApiStackSpec spec(SpecCase row) throws Exception {
        JsonNode spec = JSON.valueToTree(SpecCase.seed("any", row.patch())).get("spec");
        return JSON.treeToValue(spec, PrivateApiStackSpec.class);
    }
}
