package dev.privateapi.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One environment variable of the container. */
public record EnvVar(
        @JsonPropertyDescription("Name of the variable.")
        @Required
        @Size(max = 256)
        @ValidationRule(
                value = "self.matches('^[A-Za-z_.-][A-Za-z0-9_.-]*$')",
                messageExpression =
                        "'\"' + self + '\" is not the name of a variable: use letters, digits, _, . and -, not a digit first, such as LOG_LEVEL'")
        String name,

        @JsonPropertyDescription("Value, readable by whoever may read this object or the task definition. Default: empty.")
        @Size(max = 4096)
        String value) {

    public EnvVar {
        value = value == null ? "" : value;
    }
}
