package dev.privateapi.layers.apigateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.HttpMethod;
import dev.privateapi.api.v1alpha1.RouteSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvocationsTest {

    private static RouteSpec route(String path, HttpMethod... methods) {
        return new RouteSpec(path, List.of(methods));
    }

    @Test
    void asksTheRouteWithTheFewestVariables() {
        assertThat(Invocations.harmless(List.of(
                route("/items/{id}", HttpMethod.GET), route("/{proxy+}", HttpMethod.ANY), route("/health", HttpMethod.GET))))
                .hasValueSatisfying(it -> assertThat(it.path()).isEqualTo("/health"));
    }

    @Test
    void asksNothingThatMayChangeSomething() {
        assertThat(Invocations.harmless(List.of(route("/orders", HttpMethod.POST, HttpMethod.DELETE)))).isEmpty();
    }
}
