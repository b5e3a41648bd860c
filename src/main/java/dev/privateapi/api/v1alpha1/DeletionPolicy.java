package dev.privateapi.api.v1alpha1;

/** What becomes of the AWS objects when the resource is deleted. */
public enum DeletionPolicy {
    /** They are deleted; the resource goes when the last of them is gone. */
    Delete,
    /** The resource goes at once, the AWS objects stay and keep their tags. */
    Retain
}
