package dev.privateapi.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdsTest {

    @Test
    void theCommittedFileIsWhatTheClassesSay() throws IOException {
        // Users install the file, the operator reads by the classes: where they differ, fields are dropped silently.
        assertThat(Files.readString(Crds.FILE))
                .as("%s is stale: run `make crds` and commit the result", Crds.FILE)
                .isEqualTo(Crds.yaml());
    }
}
