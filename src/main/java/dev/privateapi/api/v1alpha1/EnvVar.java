package dev.privateapi.api.v1alpha1;

/** One environment variable of the container. */
public record EnvVar(String name, String value) {

    public EnvVar {
        value = value == null ? "" : value;
    }
}
