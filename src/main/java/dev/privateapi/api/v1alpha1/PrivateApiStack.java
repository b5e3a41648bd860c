package dev.privateapi.api.v1alpha1;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A closed API on AWS: one VPC, one container behind one private REST API, and the VPCs that may call it. */
@Group("privateapi.dev")
@Version("v1alpha1")
@Kind("PrivateApiStack")
@Plural("privateapistacks")
@Singular("privateapistack")
@ShortNames("pas")
@Categories("privateapi")
@JsonClassDescription(
        "A closed API on AWS: one VPC, one container behind one private REST API, and the VPCs that may call it.")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "STATUS", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "LAYERS", jsonPath = ".status.layersReady")
@AdditionalPrinterColumn(name = "TASKS", jsonPath = ".status.tasksReady")
@AdditionalPrinterColumn(name = "API", jsonPath = ".status.api.id")
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = DATE)
@AdditionalPrinterColumn(name = "ENDPOINT", jsonPath = ".status.endpoint", priority = 1)
@AdditionalPrinterColumn(name = "VPC", jsonPath = ".status.vpc.id", priority = 1)
@AdditionalPrinterColumn(
        name = "MESSAGE",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1)
@ValidationRule(
        value = "size(self.metadata.name) <= 192",
        message =
                "metadata.name is too long: every AWS object carries namespace/name in a tag, whose value ends at 256 characters; use at most 192 for the name")
public class PrivateApiStack extends CustomResource<PrivateApiStackSpec, PrivateApiStackStatus> implements Namespaced {

    /** Holds the resource until every AWS object that the stack owns was observed absent. */
    public static final String FINALIZER = "privateapi.dev/aws-cleanup";
}
