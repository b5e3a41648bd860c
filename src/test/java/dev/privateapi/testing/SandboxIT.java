package dev.privateapi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxIT {

    @Test
    void startsCleanAndCanBeAsked() {
        // A sandbox that lists its own fixtures as left over would make every test of deletion pass or fail for nothing.
        try (var sandbox = Sandbox.start("--manual-clock")) {
            assertThat(sandbox.left()).isEmpty();
            assertThat(sandbox.changed()).isEmpty();
            assertThat(sandbox.journal(0)).isEmpty();
            var fault = sandbox.fault(Map.of("operation", "CreateVpc", "kind", "cut-after", "nth", 1));
            assertThat(fault.get("kind").asText()).isEqualTo("cut-after");
            sandbox.clearFaults();
            assertThat(sandbox.get("/faults")).isEmpty();
        }
    }
}
