package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the schema's rules against the table of refusals. */
class RulesTest {

    /** A rule and the field that its refusal points at, list indices left out. */
    record Place(String field, ValidationRule rule) {
        String words() {
            return rule.getMessage() == null ? rule.getMessageExpression() : rule.getMessage();
        }

        @Override
        public String toString() {
            return field + ": " + rule.getRule();
        }
    }

    private static final List<SpecCase> REFUSALS = SpecCase.table("refusals.yaml");

    static Stream<Place> rules() throws IOException {
        var crd = Serialization.unmarshal(Crds.yaml(), CustomResourceDefinition.class);
        var root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        return rulesOf("spec", root.getProperties().get("spec"));
    }

    private static Stream<Place> rulesOf(String field, JSONSchemaProps schema) {
        var own = schema.getXKubernetesValidations().stream()
                .map(rule -> new Place(field + (rule.getFieldPath() == null ? "" : rule.getFieldPath()), rule));
        var properties = schema.getProperties().entrySet().stream()
                .flatMap(entry -> rulesOf(field + "." + entry.getKey(), entry.getValue()));
        var items = schema.getItems() == null
                ? Stream.<Place>empty()
                : rulesOf(field + "[]", schema.getItems().getSchema());
        return Stream.of(own, properties, items).flatMap(places -> places);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isShownToRefuse(Place place) {
        // A rule that no row breaks may be one that nothing can break, or that refuses for another reason than it says.
        assertThat(REFUSALS.stream()
                        .anyMatch(row -> row.field().equals(place.field()) && sharesWords(place.words(), row.says())))
                .as("a row of refusals.yaml with the field and words of this rule: %s", place.words())
                .isTrue();
    }

    /** Whether both have a run of words in common; an expression's values stand between its quoted words. */
    private static boolean sharesWords(String expression, String says) {
        return Stream.of(expression.split("['\"+]+"))
                .map(String::strip)
                .filter(part -> part.length() > 8)
                .anyMatch(part -> part.contains(says) || says.contains(part));
    }
}
