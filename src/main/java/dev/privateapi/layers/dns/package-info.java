/** The name of the private API: its zone, who may look it up, and the Resolver endpoints for those outside the VPC. */
package dev.privateapi.layers.dns;
