/** The Network Load Balancer in front of the tasks: the load balancer, its one listener and its one target group. */
package dev.privateapi.layers.loadbalancer;
