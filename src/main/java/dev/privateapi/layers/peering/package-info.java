/** The ways between the stack's VPC and its peers: a peering connection for each, and the routes of both sides. */
package dev.privateapi.layers.peering;
