/** The private REST API: who may call it, which methods it has, how it reaches the load balancer, and what is deployed. */
package dev.privateapi.layers.apigateway;
