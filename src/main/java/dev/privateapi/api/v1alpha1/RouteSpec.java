package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A path of the API, in API Gateway's spelling ({@code /items/{id}}, {@code /{proxy+}}), and the methods it takes. */
public record RouteSpec(
        @JsonPropertyDescription(
                "Path in API Gateway's spelling: /, /items/{id}, or /files/{proxy+} for everything below.")
        @Required
        @Size(max = 256)
        @ValidationRule(
                value =
                        """
                        self == '/' || self.matches('^(/([A-Za-z0-9._:-]+|[{][A-Za-z0-9._-]+[}]))*/([A-Za-z0-9._:-]+|[{][A-Za-z0-9._-]+[+]?[}])$')""",
                messageExpression =
                        """
                        "'" + self + "' is not a path of API Gateway: start with /, do not end with /, use A-Za-z0-9._-: in each part or one whole {variable}, and {greedy+} only as the last part, such as /items/{id} or /files/{proxy+}\"""")
        String path,

        @JsonPropertyDescription("HTTP methods passed on; ANY, alone, stands for all of them.")
        @Required
        @Size(min = 1, max = 8)
        @ListKey
        @ValidationRule(
                value = "!('ANY' in self) || size(self) == 1",
                message = "ANY already stands for every method: write methods: [ANY], or name them without ANY")
        List<HttpMethod> methods) {

    public RouteSpec {
        methods = methods == null ? List.of() : List.copyOf(methods);
    }
}
