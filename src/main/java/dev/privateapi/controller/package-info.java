/** Between Kubernetes and the engine: when a stack gets its turn, and what is written about it. The only room beside app that knows JOSDK. */
package dev.privateapi.controller;
