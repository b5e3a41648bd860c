package dev.privateapi.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.PrivateApiStack;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** What is in the cache is what a thousand stacks take of the heap. */
class ResourceStoreTest {

    private final ResourceStore store = new ResourceStore();

    private PrivateApiStack put(String name, String status) {
        String json = "{\"metadata\": {\"namespace\": \"default\", \"name\": \"" + name + "\", \"managedFields\": [{\"manager\": \"kubectl\"}]}"
                + status + "}";
        store.put("default/" + name, Serialization.unmarshal(json, PrivateApiStack.class));
        return store.get("default/" + name);
    }

    @Test
    void wordsThatAllStacksHaveAreThereOnceAndSayTheSame() {
        String status = """
                , "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Ready", "message": "Everything is as the spec says."}],
                "resources": [{"layer": "network", "name": "network/vpc", "kind": "AWS::EC2::VPC", "id": "vpc-1", "state": "available"}]}""";
        PrivateApiStack one = put("one", status);
        PrivateApiStack other = put("other", status);

        assertThat(one.getStatus()).isEqualTo(other.getStatus());
        var resource = one.getStatus().resources().getFirst();
        assertThat(resource.id()).isEqualTo("vpc-1");
        assertThat(resource.kind()).isSameAs(other.getStatus().resources().getFirst().kind());
        assertThat(one.getStatus().conditions().getFirst().getMessage())
                .isSameAs(other.getStatus().conditions().getFirst().getMessage());
    }

    @Test
    void takesWhatHasNoStatusYetAndKeepsNoManagedFields() {
        assertThat(put("new", "").getStatus()).isNull();
        assertThat(put("announced", ", \"status\": {}").getMetadata().getManagedFields()).isEmpty();
    }
}
