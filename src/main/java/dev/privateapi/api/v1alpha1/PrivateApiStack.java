package dev.privateapi.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
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
public class PrivateApiStack extends CustomResource<PrivateApiStackSpec, PrivateApiStackStatus> implements Namespaced {

    /** Holds the resource until every AWS object that the stack owns was observed absent. */
    public static final String FINALIZER = "privateapi.dev/aws-cleanup";
}
