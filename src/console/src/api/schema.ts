// Made by "npm run types" from the OpenAPI document of the server. Not edited by hand.

export interface paths {
    "/api/v1/apps/{gameId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an app, without secrets
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Create or change an app
         * @description Needs the role admin or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["JsonObject"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the apps, without secrets
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfJsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an app's secret
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RotateJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search: gameId, state, payState, userId, merchantOrderId, transactionId, channel, productId, roleId, serverId, test, openPayments, moneyFrom, moneyTo, from, to
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only orders in this state */
                    state?: "created" | "delivering" | "delivered" | "failed" | "closed" | "review";
                    /** @description Only orders in this state of payment */
                    payState?: "unpaid" | "paid" | "refunded";
                    /** @description Only orders of this player */
                    userId?: string;
                    /** @description Only orders with this number of the game's own */
                    merchantOrderId?: string;
                    /** @description Only orders of this purchase, under any name that its store has for it */
                    transactionId?: string;
                    /** @description Only orders of this channel */
                    channel?: string;
                    /** @description Only orders of this product */
                    productId?: string;
                    /** @description Only orders of this role in the game (OrderApi's roleID) */
                    roleId?: string;
                    /** @description Only orders of this server of the game (OrderApi's serverID) */
                    serverId?: string;
                    /** @description true: only orders that a tester or a store's sandbox paid; false: only the others */
                    test?: "true" | "false";
                    /** @description true: only orders with payments that they did not take and that somebody has to look at, 1,000 at most */
                    openPayments?: "true" | "false";
                    /** @description Only orders of this price or a higher one, whatever the currency */
                    moneyFrom?: string;
                    /** @description Only orders of this price or a lower one */
                    moneyTo?: string;
                    /** @description Only orders created at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only orders created before this time, RFC 3339 */
                    to?: string;
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfOrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Create an order; merchantOrderId is the idempotency key within the app
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewOrderJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderCreatedJson"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderCreatedJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an order, its payment and its callbacks
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/paid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that an order was paid
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PaidJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close an unpaid order
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let go of an order that is held for review
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that the payments which an order did not take need nobody any more, as their money was given back
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReasonJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/refund-answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer the question of an order's store whether it should refund the player
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RefundAnswerJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/consumption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say how much of an order's goods the player has used; stores are told when they ask about a refund
         * @description Needs the role support or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsumptionJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a refund, of money or of all that is left; atStore: give it back through the store first
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RefundJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/recheck": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the order's store now; a reason is kept in the audit log
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecheckJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Notifications of stores: channel, gameId, state
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only notifications of this channel */
                    channel?: string;
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only notifications in this state */
                    state?: "waiting" | "applied" | "ignored" | "unclaimed" | "unapplied" | "held" | "failed";
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfNotificationJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a notification with its body
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a notification again, now; a reason is kept in the audit log
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{uid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Create or change a user
         * @description Needs the role support or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    uid: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserPutJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserJson"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{uid}/openids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A user's openId in a game; the same at every call
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    uid: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OpenIdRequestJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenIdJson"];
                    };
                };
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OpenIdJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{uid}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user's balance
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    uid: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BalanceJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Give or take points; idempotencyKey makes it happen once
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    uid: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PostingJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BalanceJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/cards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A product's stock, and the orders that wait for it: productId
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query: {
                    /** @description The product */
                    productId: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StockJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Import cards for a product; a card that is in this installation already is not taken again, and the answer says which
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ImportJson"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportedJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * CardRecharge: the final result of an order, success or failed
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResultJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{orderId}/cards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the cards that were issued to an order; recorded as an act
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Why they are read; kept with the act */
                    reason?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    orderId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderCardsJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain a signature: fields, and a text to compare with
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries: status, gameId, endpoint, httpStatus, from, to
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only callbacks in this state */
                    status?: "pending" | "delivering" | "delivered" | "exhausted" | "held" | "cancelled";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only callbacks to this scheme, host and port, such as https://game.example:8443 */
                    endpoint?: string;
                    /** @description Only callbacks of which an attempt was answered with this status, 100 to 599 */
                    httpStatus?: string;
                    /** @description Only callbacks queued at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only callbacks queued before this time, RFC 3339 */
                    to?: string;
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfCallbackJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/{id}/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is sent: method, URL, headers, body and the text that is signed; secrets and cards masked
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CallbackRequestJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a callback again now; a reason is kept in the audit log
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send many again: a durable job
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RedeliverJson"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Progress of a redelivery job
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    jobId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a redelivery job
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    jobId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to a game's orders since a cursor, complete and in order: gameId, cursor, limit (1 to 500, default 100)
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The number or the alias of an app; a game's own token may leave it out */
                    gameId?: string;
                    /** @description How many changes at most; default 100 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: from the oldest change that is kept */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChangesJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Gone */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reconciliations: channel, gameId, open=true for those with differences that are not repaired
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The store */
                    channel?: "google" | "apple" | "alipay" | "wechat";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description true: only those with differences that are not repaired */
                    open?: "true" | "false";
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfReconciliationAnswerJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Send a store's statement, the file as the body: channel, gameId, day, lastDay, account where there are several; the same file again is the same reconciliation
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query: {
                    /** @description The store */
                    channel: "google" | "apple" | "alipay" | "wechat";
                    /** @description The number or the alias of an app */
                    gameId: string;
                    /** @description The business day, or the first of several */
                    day: string;
                    /** @description The last business day, where it is another */
                    lastDay?: string;
                    /** @description The channel's account whose statement it is, where the app has several */
                    account?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                    "*/*": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReconciliationAnswerJson"];
                    };
                };
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReconciliationAnswerJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Payload Too Large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unprocessable Entity */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A reconciliation: its state, progress and counts
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReconciliationAnswerJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}/differences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What differs, in the order of its numbers: kind, repair (open, begun or done)
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only differences of this kind */
                    kind?: "missingHere" | "missingThere" | "amountDiffers" | "refundedThere" | "badLine";
                    /** @description Only differences whose repair stands so */
                    repair?: "open" | "begun" | "done";
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfDiscrepancyJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}/differences/{number}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Repair a difference by one of its actions; done once however often it is asked for
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                    number: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResolutionRequestJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DiscrepancyJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statement-fetches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Statements that are fetched from stores, newest first: channel, gameId, state (waiting, fetched or failed)
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The store */
                    channel?: "google" | "apple" | "alipay" | "wechat";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only fetches in this state */
                    state?: "waiting" | "fetched" | "failed";
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfStatementFetchJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Fetch the statement of the period that a day lies in, now, whether it was fetched before or not
         * @description Needs the role finance or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StatementFetchRequestJson"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StatementFetchJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description Needs a session.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Sign in: the session comes as a cookie
         * @description Needs no token and no session.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Sign out
         * @description Needs a session.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's own password; other sessions end
         * @description Needs a session.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enrol a second factor (RFC 6238): with the present password a secret is drawn, with a code of that secret it counts
         * @description Needs a session.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EnrolJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SecondFactorJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Leave the second factor, with a code of it
         * @description Needs a session.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CodeJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SecondFactorJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The operators, newest first
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfOperatorJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make an operator; the first password is answered once, and must be changed at the first sign-in
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewOperatorJson"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OperatorJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an operator; his sessions end
         * @description Needs the role admin or a higher one.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OperatorChangeJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OperatorJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The API tokens, newest first, without their secrets
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfTokenJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make an API token; it is answered once
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTokenJson"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an API token: it is void at once
         * @description Needs the role admin or a higher one.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every write of a person or a token: actor, action, gameId, from, to
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only entries of this operator or token */
                    actor?: string;
                    /** @description Only this action (order.refund), or all of a kind (order) */
                    action?: string;
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only entries made at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only entries made before this time, RFC 3339 */
                    to?: string;
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfAuditJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recompute the chain of the audit log, and say where it is broken
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditVerdictJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open and past alerts, newest first: state, gameId, condition
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only open, or only past alerts */
                    state?: "open" | "past";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only alerts of this condition */
                    condition?: "callbacks.exhausted" | "callbacks.breaker" | "callbacks.waiting" | "receipts.refused" | "store.unreachable" | "notifications.refused" | "notifications.unclaimed" | "notifications.waiting" | "notifications.failed" | "fulfilment.deadline" | "refund.questions" | "reconciliation.differences" | "statements.missing" | "cards.stock" | "cards.backlog" | "clock.skew" | "database.slow" | "database.away" | "disk.space" | "channel.expiry" | "channel.publicUrl";
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfAlertEntryJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that somebody looks after an alert: it is not repeated; a reason is kept in the audit log
         * @description Needs the role support or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": {
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertEntryJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-sinks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where alerts go, secrets masked
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertSinksJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Replace the sinks of alerts; a secret that comes back as *** is kept
         * @description Needs the role admin or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertSinksJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertSinksJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-sinks/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message to a sink now, and say whether it took it
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertTestJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-conditions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is watched, from which values on
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertConditionsJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Replace the thresholds that are set for all games or for one
         * @description Needs the role admin or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertThresholdsJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertConditionsJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What needs a person, as counts by game, at most two seconds old: gameId
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The number or the alias of an app */
                    gameId?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WorkJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callback endpoints by game: what waits, and breaker, requests in flight and last hour of this node: gameId
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description How many items at most; default 50 */
                    limit?: number;
                    /** @description The nextCursor of the page before; left out: the first page */
                    cursor?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfEndpointJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/channels/{channel}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the channel's store now whether it accepts the app's settings; nothing is changed
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                    channel: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChannelTestJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a game's catalogue
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        /**
         * Replace a game's catalogue; null: none
         * @description Needs the role admin or a higher one.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["JsonObject"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JsonObject"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/recipes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the recipes for channels that come with the program, and where their stores notify this app
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageJsonOfRecipeJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/channels/{name}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a channel by recipe with a sample of a notification; nothing is changed
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TryJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TriedJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try an address with callbacks as the app's are, good and forged ones, signed with its secret; at most 30 s
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProbeJson"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProbedJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Conflict */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes, as server-sent events: ready once nothing is missed any more, then changes, at most four a second
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["LiveJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Service Unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders that were created, paid, refunded and delivered, refused receipts and callbacks: from, to, step, by, gameId
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query: {
                    /** @description From when on, RFC 3339; a time within an hour means the beginning of that hour */
                    from: string;
                    /** @description Until before when, RFC 3339; a time within an hour means the end of that hour; left out: the end of this hour */
                    to?: string;
                    /** @description In steps of an hour, or of 24 hours counted from the beginning on; left out: hour */
                    step?: "hour" | "day";
                    /** @description What an item is of, beside its step and currency; left out: game */
                    by?: "game" | "channel" | "currency" | "product";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StatisticsJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders, players, callbacks and notifications that a number names, exactly
         * @description Needs the role viewer or a higher one.
         */
        get: {
            parameters: {
                query: {
                    /** @description An order's number, the game's number of it, a store's number of a purchase, a player or an openId, or a callback's id; the whole of it, 1 to 2048 characters */
                    q: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/players/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase a player's personal data; the books are kept
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlayerJson"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasureJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/players/erasures/{erasureId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Progress of an erasure; 'age' is the one by age
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    gameId: string;
                    erasureId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasureJson"];
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps/{gameId}/players/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A player's data as one JSON document
         * @description Needs the role admin or a higher one.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                    /** @description Under a session: the csrfToken that the sign-in answered */
                    "X-CSRF-Token"?: string;
                    /** @description The same key with the same request again is done once and answered as before */
                    "Idempotency-Key"?: string;
                };
                path: {
                    gameId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlayerJson"];
                };
            };
            responses: {
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/apps.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The apps, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only orders in this state */
                    state?: "created" | "delivering" | "delivered" | "failed" | "closed" | "review";
                    /** @description Only orders in this state of payment */
                    payState?: "unpaid" | "paid" | "refunded";
                    /** @description Only orders of this player */
                    userId?: string;
                    /** @description Only orders with this number of the game's own */
                    merchantOrderId?: string;
                    /** @description Only orders of this purchase, under any name that its store has for it */
                    transactionId?: string;
                    /** @description Only orders of this channel */
                    channel?: string;
                    /** @description Only orders of this product */
                    productId?: string;
                    /** @description Only orders of this role in the game (OrderApi's roleID) */
                    roleId?: string;
                    /** @description Only orders of this server of the game (OrderApi's serverID) */
                    serverId?: string;
                    /** @description true: only orders that a tester or a store's sandbox paid; false: only the others */
                    test?: "true" | "false";
                    /** @description true: only orders with payments that they did not take and that somebody has to look at, 1,000 at most */
                    openPayments?: "true" | "false";
                    /** @description Only orders of this price or a higher one, whatever the currency */
                    moneyFrom?: string;
                    /** @description Only orders of this price or a lower one */
                    moneyTo?: string;
                    /** @description Only orders created at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only orders created before this time, RFC 3339 */
                    to?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callbacks, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only callbacks in this state */
                    status?: "pending" | "delivering" | "delivered" | "exhausted" | "held" | "cancelled";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only callbacks to this scheme, host and port, such as https://game.example:8443 */
                    endpoint?: string;
                    /** @description Only callbacks of which an attempt was answered with this status, 100 to 599 */
                    httpStatus?: string;
                    /** @description Only callbacks queued at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only callbacks queued before this time, RFC 3339 */
                    to?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Notifications of stores, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only notifications of this channel */
                    channel?: string;
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only notifications in this state */
                    state?: "waiting" | "applied" | "ignored" | "unclaimed" | "unapplied" | "held" | "failed";
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reconciliations, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The store */
                    channel?: "google" | "apple" | "alipay" | "wechat";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description true: only those with differences that are not repaired */
                    open?: "true" | "false";
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}/differences.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What differs, by number, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only differences of this kind */
                    kind?: "missingHere" | "missingThere" | "amountDiffers" | "refundedThere" | "badLine";
                    /** @description Only differences whose repair stands so */
                    repair?: "open" | "begun" | "done";
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The operators, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The API tokens, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role admin or a higher one.
         */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only entries of this operator or token */
                    actor?: string;
                    /** @description Only this action (order.refund), or all of a kind (order) */
                    action?: string;
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only entries made at this time or later, RFC 3339 */
                    from?: string;
                    /** @description Only entries made before this time, RFC 3339 */
                    to?: string;
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The alerts, as CSV: all that the filters find, in the order of the list; kept in the audit log
         * @description Needs the role finance or a higher one.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only open, or only past alerts */
                    state?: "open" | "past";
                    /** @description The number or the alias of an app */
                    gameId?: string;
                    /** @description Only alerts of this condition */
                    condition?: "callbacks.exhausted" | "callbacks.breaker" | "callbacks.waiting" | "receipts.refused" | "store.unreachable" | "notifications.refused" | "notifications.unclaimed" | "notifications.waiting" | "notifications.failed" | "fulfilment.deadline" | "refund.questions" | "reconciliation.differences" | "statements.missing" | "cards.stock" | "cards.backlog" | "clock.skew" | "database.slow" | "database.away" | "disk.space" | "channel.expiry" | "channel.publicUrl";
                };
                header?: {
                    /** @description Who acts, as the bearer of the installation's token says */
                    "X-Actor"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description Bad Request */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Unauthorized */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Forbidden */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
                /** @description Too Many Requests */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["ProblemDetails"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A condition. */
        AlertConditionJson: {
            /** @description Its name. */
            condition: string;
            /** @description What holds, in English. */
            english: string;
            /** @description The same in Chinese. */
            chinese: string;
            /** @description How urgent it is when it is new. */
            severity: string;
            /** @description What its threshold counts. */
            unit: string;
            /**
             * Format: int64
             * @description Its own threshold.
             */
            threshold: number;
            /**
             * Format: int64
             * @description The largest that may be set.
             */
            thresholdMax: number;
            /** @description The page of the documentation that says what to do. */
            runbook: string;
            /** @description Whether each game may have one of its own. */
            isOfGame: boolean;
            /** @description Whether it holds from the threshold down; otherwise from it on. */
            isBelow: boolean;
        };
        /** @description What is watched, and what is set about it. */
        AlertConditionsJson: {
            /** @description All conditions. */
            items: components["schemas"]["AlertConditionJson"][];
            /** @description What is set in place of their own thresholds. */
            thresholds: components["schemas"]["AlertThreshold"][];
        };
        /** @description An alert. */
        AlertEntryJson: {
            /** @description Its own. */
            id: string;
            /** @description The condition that held. */
            condition: string;
            /** @description What that is, in English. */
            english: string;
            /** @description The same in Chinese. */
            chinese: string;
            /** @description `warning` or `critical`. */
            severity: string;
            /** @description What it is about within the condition: a game, an endpoint, a store, a node. */
            subject: string;
            /**
             * Format: int64
             * @description Its game; null: it is of none.
             */
            gameId: null | number;
            /**
             * Format: int64
             * @description The newest value while it was open.
             */
            value: number;
            /**
             * Format: int64
             * @description From where on it holds.
             */
            threshold: number;
            /** @description What both count. */
            unit: string;
            /** @description More about it. */
            detail: null | string;
            /** @description The page of the documentation that says what to do. */
            runbook: null | string;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            raisedAt: string;
            /**
             * Format: date-time
             * @description When the condition held last, to within half a minute.
             */
            seenAt: string;
            /**
             * Format: int32
             * @description How often the sinks were told of it.
             */
            told: number;
            /**
             * Format: date-time
             * @description When they are told again; null: not any more.
             */
            toldAgainAt: null | string;
            /**
             * Format: date-time
             * @description Since when somebody looks after it.
             */
            acknowledgedAt: null | string;
            /** @description Who. */
            acknowledgedBy: null | string;
            /**
             * Format: date-time
             * @description When it was over; null: it is open.
             */
            recoveredAt: null | string;
        };
        /** @description Where alerts go: what an admin sets, as it is stored (sealed) and, with its secrets masked, shown. */
        AlertSink: {
            /** @description What tells sinks apart. */
            name?: null | string;
            /** @description `dingtalk`, `wecom`, `feishu`, `smtp` or `webhook`. */
            kind?: null | string;
            /** @description The robot's or the receiver's address; not for mail. */
            url?: null | string;
            /** @description What messages are signed with: of DingTalk and Feishu where the robot has one, of a webhook always. */
            secret?: null | string;
            smtp?: null | components["schemas"]["SmtpSettings"];
            /** @description `both`, `en` or `zh`; left out: both. */
            language?: null | string;
            /** @description Only alerts of these conditions; null: of all. */
            conditions?: null | string[];
            /** @description Only alerts of these games; null: of all, and those of none. */
            games?: null | number[];
            /** @description Only from this severity on, `warning` or `critical`; left out: all. */
            severity?: null | string;
            /** @description Networks that the sink may be in beside the public internet. */
            allowedNetworks?: null | string[];
            disabled?: boolean;
        };
        /** @description The sinks of alerts, as they are shown, and as `PUT /alert-sinks` replaces them. */
        AlertSinksJson: {
            /** @description Secrets are shown as `***`; one that comes back so is kept. */
            items?: null | components["schemas"]["AlertSink"][];
        };
        /** @description What came of a test message. */
        AlertTestJson: {
            /** @description Whether the sink took it. */
            delivered: boolean;
            /** @description Why it did not; null: it did. */
            fault: null | string;
        };
        /** @description What is set about a condition, in place of its own threshold. */
        AlertThreshold: {
            /** @description The condition's name. */
            condition: string;
            /**
             * Format: int64
             * @description Only for this game; null: for all that have nothing of their own.
             */
            gameId: null | number;
            /**
             * Format: int64
             * @description In the condition's unit; null: its own.
             */
            threshold: null | number;
            /** @description Whether nobody is told. */
            disabled: boolean;
        };
        /** @description Body of `PUT /alert-conditions`. */
        AlertThresholdsJson: {
            /** @description Replaces all that was set. */
            thresholds?: null | components["schemas"]["AlertThreshold"][];
        };
        /** @description An attempt; in flight it has neither status nor duration. */
        AttemptJson: {
            /** Format: int32 */
            number: number;
            /** Format: date-time */
            startedAt: string;
            /** Format: int64 */
            durationMs: null | number;
            /** Format: int32 */
            httpStatus: null | number;
            response: null | string;
            error: null | string;
        };
        AuditEntryJson: {
            /** Format: date-time */
            at: string;
            actor: string;
            action: string;
            reason: string;
            from: string;
            to: string;
        };
        /** @description An entry of the audit log. */
        AuditJson: {
            /** @description Its own. */
            id: string;
            /**
             * Format: int64
             * @description Its place in the chain, from 1 on; null: it is chained within a second.
             */
            number: null | number;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who. */
            actor: string;
            /** @description How he came in: `installation`, `token`, `session`, `sign-in` or `command`. */
            via: string;
            /** @description His role then. */
            role: null | string;
            /** @description Where from. */
            address: null | string;
            /** @description What was done. */
            action: string;
            /**
             * Format: int64
             * @description The game that it is about.
             */
            gameId: null | number;
            /** @description What it was done to. */
            target: null | string;
            /** @description What it was, as text or JSON, secrets masked. */
            from: null | string;
            /** @description What it became, as text or JSON, secrets masked. */
            to: null | string;
            /** @description Why. */
            reason: null | string;
            /** @description The hash of the entry before it; empty: it is the first. */
            previousHash: null | string;
            /** @description Its own hash. */
            hash: null | string;
        };
        /**
         * @description What recomputing the chain has found: how many entries are intact from the first on, and the first one that is not. Who is
         *         limited to games learns only whether it is intact.
         */
        AuditVerdictJson: {
            /** Format: int64 */
            entries: null | number;
            intact: boolean;
            broken?: null | components["schemas"]["BrokenEntryJson"];
        };
        BalanceJson: {
            balance: string;
        };
        /** @description The place of a broken entry, and what is wrong with it. */
        BrokenEntryJson: {
            /** Format: int64 */
            number: number;
            fault: string;
        };
        /**
         * @description A callback as the native API shows it. Kind: `callback`, sent as the protocol of its app; `event`, told at the app's
         *         `eventsUrl`.
         */
        CallbackJson: {
            id: string;
            orderId: string;
            /** Format: int64 */
            gameId: number;
            kind: string;
            event: string;
            url: string;
            status: string;
            /** Format: date-time */
            nextAttemptAt: null | string;
            attempts: components["schemas"]["AttemptJson"][];
        };
        /** @description The request of a callback as people read it. */
        CallbackRequestJson: {
            id: string;
            orderId: string;
            /** Format: int64 */
            gameId: number;
            event: string;
            status: string;
            /**
             * Format: int32
             * @description How many attempts were begun; 0: it was never sent.
             */
            attempts: number;
            /** @description Always true: requests are not kept, this one is built anew. */
            rebuilt: boolean;
            /** @description What may differ from what was sent. */
            note: string;
            method: string;
            url: string;
            headers: {
                [key: string]: string;
            };
            /** @description As `bodyEncoding` says. */
            body: string;
            /** @description utf-8, or base64 where the body is no text. */
            bodyEncoding: string;
            /** @description The body in words, where it is no text. */
            bodyText?: null | string;
            /** @description Whether cards are masked. */
            masked: boolean;
            /** @description The text that is signed, by the protocol's own sign where it has one: the secret behind it is masked. */
            signedText: string;
            /** @description Each text that is signed, and how. */
            signatures: components["schemas"]["SignedTextJson"][];
        };
        /** @description A card; which fields it has depends on its type (protocols.md §4). It prints nothing. */
        CardItemJson: {
            /** Format: int32 */
            cardType?: null | number;
            cardNo?: null | string;
            cardPassword?: null | string;
            cardRect?: null | string;
        };
        /** @description A change of an order, and how the order stood after it. */
        ChangeJson: {
            /**
             * Format: int64
             * @description Its place in the game's feed, from 1 on.
             */
            number: number;
            /** @description The order. */
            orderId: string;
            /** @description The game's own number of the order, as far as it was known then. */
            merchantOrderId: null | string;
            /** @description What happened. */
            event: string;
            /**
             * Format: int32
             * @description Its place within the order; 0: its creation.
             */
            move: number;
            /** @description As of the order. */
            payState: string;
            /** @description As of the order. */
            state: string;
            /** @description Why it was held, closed or failed. */
            stateReason: null | string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description What went back so far; only of `order.partiallyRefunded`. */
            refundedMoney?: null | string;
        };
        /** @description A page of a game's feed. */
        ChangesJson: {
            /** @description In the order of their numbers, without a gap. */
            items: components["schemas"]["ChangeJson"][];
            /** @description For the next request; also of an empty page. */
            nextCursor: string;
            /** @description Whether there is more now. */
            hasMore: boolean;
        };
        /** @description Answer of `POST /apps/{gameId}/channels/{channel}/test`. */
        ChannelTestJson: {
            /**
             * @description `accepted`: the store accepts what we send, and what it answers can be verified; `refused`: it does not,
             *         or could not be asked; `notAsked`: with these settings receipts are verified here alone, and the store is never asked.
             */
            verdict: string;
            /** @description What the store said, or what to change; null: it was not asked. */
            reason: null | string;
            /** @description What of the settings will not work, or not for long. */
            warnings: string[];
        };
        /** @description Body of `DELETE /session/totp`: a code. It prints nothing. */
        CodeJson: {
            code?: null | string;
        };
        /** @description Body of `PUT /orders/{orderId}/consumption`. */
        ConsumptionJson: {
            /**
             * Format: int32
             * @description How much of the order's goods the player has used, in thousandths of a percent, 0 to 100,000.
             */
            consumedMilliPercent?: null | number;
            reason?: null | string;
        };
        /** @description A difference; `actions` are those that fit it. */
        DiscrepancyJson: {
            /** Format: int64 */
            number: number;
            kind: string;
            transactionId: null | string;
            orderId: null | string;
            productId: null | string;
            theirs: null | components["schemas"]["DiscrepancySideJson"];
            ours: null | components["schemas"]["DiscrepancySideJson"];
            /** Format: date-time */
            at: null | string;
            /** Format: int64 */
            line: null | number;
            detail: string;
            actions: string[];
            repair: null | components["schemas"]["ResolutionJson"];
        };
        /** @description What a side says: an amount, or the number of pieces, or both. */
        DiscrepancySideJson: {
            money: null | string;
            currency: null | string;
            /** Format: int64 */
            units: null | number;
        };
        /** @description A failure. */
        EndpointFailureJson: {
            /**
             * Format: date-time
             * @description When the attempt ended.
             */
            at: string;
            /** @description Why it was not accepted. */
            text: string;
        };
        /** @description Attempts of an hour. */
        EndpointHourJson: {
            /**
             * Format: int64
             * @description How many ended.
             */
            attempts: number;
            /**
             * Format: int64
             * @description How many the receiver acknowledged.
             */
            succeeded: number;
            /**
             * Format: double
             * @description Their share, 0 to 1; null: there were none.
             */
            successRate: null | number;
            /**
             * Format: int64
             * @description What half of them did not exceed, to within a fifth.
             */
            p50Ms: null | number;
            /**
             * Format: int64
             * @description What 95 of 100 did not exceed, to within a fifth.
             */
            p95Ms: null | number;
        };
        /** @description An endpoint that callbacks go to: an app, a scheme, a host and a port. */
        EndpointJson: {
            /**
             * Format: int64
             * @description The app.
             */
            gameId: number;
            /** @description Scheme, host and, where it is not the usual one, port. */
            url: string;
            /**
             * Format: int64
             * @description Callbacks that wait for an attempt, of all nodes; at most 10,000.
             */
            waiting: number;
            /** @description Whether more wait. */
            isMore: boolean;
            /**
             * Format: date-time
             * @description When the oldest of them was queued; null: none waits.
             */
            oldestWaitingAt: null | string;
            /** @description What only this node knows; each node has a breaker and a memory of its own. */
            thisNode: components["schemas"]["EndpointOfNodeJson"];
        };
        /** @description What a node knows of an endpoint. */
        EndpointOfNodeJson: {
            /** @description `closed`, or `open`: no callback is sent but a trial. */
            breaker: string;
            /**
             * Format: date-time
             * @description When the next trial is due; null: the breaker is closed.
             */
            breakerTriesAt: null | string;
            /**
             * Format: int32
             * @description Requests that are not answered yet.
             */
            inFlight: number;
            /** @description The attempts of the last 60 minutes. */
            lastHour: components["schemas"]["EndpointHourJson"];
            lastFailure: null | components["schemas"]["EndpointFailureJson"];
        };
        /**
         * @description Body of `POST /session/totp`: the password, to draw a secret, or a code of the secret that was drawn. It prints
         *         nothing.
         */
        EnrolJson: {
            /** @description The present password; not needed with a code. */
            password?: null | string;
            /** @description A code of the secret that was drawn; left out: a secret is drawn. */
            code?: null | string;
        };
        /** @description An erasure and how far it is. `marker` stands in place of the player's id. */
        ErasureJson: {
            erasureId: string;
            /** Format: int64 */
            gameId: number;
            marker: string;
            state: string;
            /** Format: int64 */
            erased: number;
            /** Format: int64 */
            waiting: number;
            waitingOrders: string[];
            actor: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            finishedAt: null | string;
        };
        /** @description So many orders, and their money. */
        FigureJson: {
            /** Format: int64 */
            count: number;
            money: string;
        };
        /** @description One step of a probe. */
        FindingJson: {
            /** @description What was sent, and what the receiver has to do with it. */
            step: string;
            /** @description False: orders would be lost, goods granted to a forger, or nothing was proven. */
            isOk: boolean;
            /** @description `good`, `advice` (allowed, and there is a better way) or `wrong`. */
            verdict: string;
            /** @description What happened, and what to do. */
            text: string;
        };
        /** @description What of a game needs a person, as counts; each stops at 10,000. */
        GameWorkJson: {
            /**
             * Format: int64
             * @description Null: notifications and alerts that belong to no game; only for callers who are not limited to games.
             */
            gameId: null | number;
            /**
             * Format: int64
             * @description Orders held for review.
             */
            heldOrders: number;
            /** Format: int64 */
            exhaustedCallbacks: number;
            /**
             * Format: int64
             * @description Callbacks that wait because the app is disabled or has no secret.
             */
            heldCallbacks: number;
            /**
             * Format: int64
             * @description Authentic payments that paid nothing here: until a person has released, closed, refunded or marked paid their order or
             *         has settled them, or the store has given the money back.
             */
            unappliedPayments: number;
            /**
             * Format: int64
             * @description Notifications of payments or refunds that no order claims.
             */
            unclaimedNotifications: number;
            /**
             * Format: int64
             * @description Notifications that could not be processed.
             */
            failedNotifications: number;
            /** @description Questions of a store about a refund that wait for an answer. */
            refundQuestions: components["schemas"]["RefundQuestionJson"][];
            /**
             * Format: int64
             * @description Differences of reconciliations that are not repaired.
             */
            differences: number;
            /**
             * Format: int64
             * @description Products of cards that paid orders wait for.
             */
            lowStock: number;
            /**
             * Format: int64
             * @description Alerts that are open, acknowledged or not (`GET /alerts?state=open`).
             */
            openAlerts: number;
            /**
             * Format: date-time
             * @description When the oldest callback was queued that waits for an attempt; null: none waits.
             */
            oldestWaitingCallbackAt: null | string;
            /** @description Whether there is more than one of the counts says. */
            isMore: boolean;
        };
        /** @description The refused receipts and the callbacks of one step and one key. */
        HealthStatisticsJson: {
            /**
             * Format: date-time
             * @description When the step begins.
             */
            time: string;
            /**
             * @description The game; by channel, the channel of the refusals. Null: what is not counted by that, which is all of it by currency
             *         and product, and the callbacks by channel.
             */
            key: null | string;
            /**
             * Format: int64
             * @description Receipts and payments that were presented for an order and refused.
             */
            verificationRefusals: number;
            /**
             * Format: int64
             * @description Attempts with a recorded outcome, in the step in which they began.
             */
            callbackAttempts: number;
            /**
             * Format: int64
             * @description Those that the receiver accepted.
             */
            callbackSuccesses: number;
            /**
             * Format: int64
             * @description The duration that 95 of 100 attempts did not exceed, milliseconds, estimated within its class of durations;
             *         null: there was none.
             */
            callbackP95Ms: null | number;
        };
        /** @description Body of `POST /apps/{gameId}/cards`. */
        ImportJson: {
            productId?: null | string;
            cards?: null | components["schemas"]["CardItemJson"][];
        };
        /** @description Answer of an import. */
        ImportedJson: {
            /** Format: int32 */
            imported: number;
            /** Format: int32 */
            duplicates: number;
            repeated: components["schemas"]["RepeatedCardJson"][];
        };
        JobJson: {
            jobId: string;
            /** Format: int64 */
            gameId: number;
            status: string;
            /** Format: date-time */
            since: string;
            actor: string;
            /** Format: int64 */
            redelivered: number;
            state: string;
        };
        JsonElement: unknown;
        JsonObject: Record<string, never>;
        /** @description The data of an event `changes`: what changed since the one before. */
        LiveJson: {
            /** @description The orders that changed last, the newest last: at most 50. */
            orders: components["schemas"]["LiveOrderJson"][];
            /**
             * Format: int64
             * @description How many changes of orders there were.
             */
            count: number;
            /** @description Whether orders changed that are not listed. */
            more: boolean;
            /** @description Whether callbacks changed, or are about to. */
            callbacks: boolean;
            /** @description Whether what `GET /work` counts has changed. */
            work: boolean;
            /** @description Whether an alert was opened, told of again, acknowledged, or is over. */
            alerts: boolean;
        };
        /** @description An order that changed. */
        LiveOrderJson: {
            /** @description The order. */
            id: string;
            /**
             * Format: int64
             * @description Its game.
             */
            gameId: number;
            /** @description What happened last, as in the change feed: `order.paid`. */
            event: string;
        };
        /** @description Body of `POST /operators`. */
        NewOperatorJson: {
            name?: null | string;
            role?: null | string;
            /** @description The games that he sees; null or left out: all. */
            games?: null | number[];
        };
        /**
         * @description Body of `POST /orders`. `gameId` is a number or an alias; `money` is decimal text (a JSON number is taken by
         *         its text).
         */
        NewOrderJson: {
            gameId?: components["schemas"]["JsonElement"];
            productId?: null | string;
            productName?: null | string;
            money?: components["schemas"]["JsonElement"];
            currency?: null | string;
            userId?: null | string;
            merchantOrderId?: null | string;
            /** Format: int32 */
            quantity?: null | number;
            channel?: components["schemas"]["JsonElement"];
            notifyUrl?: null | string;
            extra?: components["schemas"]["JsonElement"];
            /** @description The name of the channel's account that it shall be paid to, where the app has several. */
            account?: null | string;
            /** @description How it shall be paid, where the channel has several ways: `app`, `wap`, `native`… */
            way?: null | string;
            /**
             * @description The player's session key at the platform, for a channel whose parameters are signed with it; used for this answer and never
             *         stored.
             */
            session?: null | string;
        };
        /** @description Body of `POST /tokens`. */
        NewTokenJson: {
            name?: null | string;
            role?: null | string;
            /** @description The games that it sees; null or left out: all. */
            games?: null | number[];
            /** @description RFC 3339; null or left out: it does not expire. */
            expiresAt?: null | string;
        };
        /** @description A notification as the native API shows it. */
        NotificationJson: {
            id: string;
            channel: string;
            /** Format: int64 */
            gameId: number;
            /** @description The store's own id of it. */
            noticeId: string;
            /** Format: date-time */
            receivedAt: string;
            /**
             * Format: int32
             * @description How often it came.
             */
            seen: number;
            /** @description waiting, applied, ignored, unclaimed, unapplied, held or failed. */
            state: string;
            /** Format: int32 */
            tries: number;
            /** Format: date-time */
            nextTryAt?: null | string;
            outcome?: null | string;
            orderId?: null | string;
            transactionId?: null | string;
            /** Format: date-time */
            doneAt?: null | string;
            /** @description Only where one notification is read. */
            headers?: null | {
                [key: string]: string;
            };
            /** @description As it came; only where one notification is read. */
            body?: null | string;
        };
        OpenIdJson: {
            openId: string;
        };
        /** @description Body of `POST /users/{uid}/openids`. `gameId` is a number or an alias. */
        OpenIdRequestJson: {
            gameId?: components["schemas"]["JsonElement"];
        };
        /** @description Body of `PATCH /operators/{name}`: what is left out stays. */
        OperatorChangeJson: {
            role?: null | string;
            /** @description An array of numbers; null: all games. */
            games?: components["schemas"]["JsonElement"];
            disabled?: null | boolean;
            resetPassword?: null | boolean;
            resetTotp?: null | boolean;
        };
        /** @description An operator. `password`: his first password, shown once, where one was given now. */
        OperatorJson: {
            name: string;
            role: string;
            games: null | number[];
            disabled: boolean;
            mustChangePassword: boolean;
            hasSecondFactor: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            password?: null | string;
        };
        /** @description The cards of one order. */
        OrderCardsJson: {
            orderId: string;
            cards: components["schemas"]["CardItemJson"][];
        };
        /** @description Answer of `POST /orders`. */
        OrderCreatedJson: {
            /** @description Its number. */
            orderId: string;
            /** @description What the client hands to the platform's SDK; only for a channel whose payment begins with us. */
            pay?: unknown;
            /** @description Why there is no `pay`; the same request again tries again. */
            payFault?: null | string;
            /** @description What was taken and will not work here. */
            warnings?: null | string[];
        };
        /** @description An order as the native API shows it. */
        OrderJson: {
            orderId: string;
            /** Format: int64 */
            gameId: number;
            protocol: string;
            merchantOrderId?: null | string;
            productId: string;
            productName: string;
            money: string;
            currency: string;
            userId: string;
            /** Format: int32 */
            quantity: number;
            channel?: null | string;
            notifyUrl?: null | string;
            payState: string;
            state: string;
            stateReason?: null | string;
            test: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            paidAt?: null | string;
            /** Format: date-time */
            deliveredAt?: null | string;
            /**
             * Format: date-time
             * @description When its player's personal data was erased; only where it was.
             */
            erasedAt?: null | string;
            payment?: null | components["schemas"]["PaymentJson"];
            /** @description What else the game sent, by its protocol's field names; the native `extra` as it was sent. */
            attributes: components["schemas"]["JsonObject"];
            /** @description Oldest first. */
            callbacks: components["schemas"]["CallbackJson"][];
            /** @description Authentic payments that paid nothing here; only where one order is read. */
            unappliedPayments?: null | components["schemas"]["UnappliedJson"][];
            /** @description Receipts that were presented for it and refused, in the order of their first time; only where one order is read. */
            refusedReceipts?: null | components["schemas"]["RefusedReceiptJson"][];
            /** @description The audit log of the order, oldest first; only where one order is read. */
            acts?: null | components["schemas"]["AuditEntryJson"][];
            /** @description The stores' notifications of it, oldest first, without the bodies; only where one order is read. */
            notifications?: null | components["schemas"]["NotificationJson"][];
            /** @description The refunds of its payment by their numbers, oldest first; only where one order is read and there are some. */
            refunds?: null | components["schemas"]["RefundedJson"][];
            /** @description What went back so far; only where one order is read and there is such a refund. */
            refundedMoney?: null | string;
        };
        /** @description The orders of one step, one key and one currency. */
        OrderStatisticsJson: {
            /**
             * Format: date-time
             * @description When the step begins.
             */
            time: string;
            /** @description The game, the channel, the currency or the product; null: the channel is not known yet. */
            key: null | string;
            /** @description In capitals; RMB is CNY. */
            currency: string;
            /** @description In the step of their creation. */
            created: components["schemas"]["FigureJson"];
            /** @description In the step of their payment, also those that were refunded since. */
            paid: components["schemas"]["FigureJson"];
            /** @description In the step of their refund, those that are refunded now. Partial refunds are not counted. */
            refunded: components["schemas"]["FigureJson"];
            /** @description In the step of their delivery, also those that were refunded since. */
            delivered: components["schemas"]["FigureJson"];
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfAlertEntryJson: {
            items: components["schemas"]["AlertEntryJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfAuditJson: {
            items: components["schemas"]["AuditJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfCallbackJson: {
            items: components["schemas"]["CallbackJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfDiscrepancyJson: {
            items: components["schemas"]["DiscrepancyJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfEndpointJson: {
            items: components["schemas"]["EndpointJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfJsonObject: {
            items: components["schemas"]["JsonObject"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfNotificationJson: {
            items: components["schemas"]["NotificationJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfOperatorJson: {
            items: components["schemas"]["OperatorJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfOrderJson: {
            items: components["schemas"]["OrderJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfRecipeJson: {
            items: components["schemas"]["RecipeJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfReconciliationAnswerJson: {
            items: components["schemas"]["ReconciliationAnswerJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfStatementFetchJson: {
            items: components["schemas"]["StatementFetchJson"][];
            nextCursor: null | string;
        };
        /**
         * @description A page of a list, newest first. It may hold fewer items than the limit while the list goes on: the list has ended where there
         *         is no `nextCursor`.
         */
        PageJsonOfTokenJson: {
            items: components["schemas"]["TokenJson"][];
            nextCursor: null | string;
        };
        /** @description Body of `POST /orders/{orderId}/paid`. */
        PaidJson: {
            channel?: null | string;
            transactionId?: null | string;
            money?: components["schemas"]["JsonElement"];
            currency?: null | string;
            reason?: null | string;
        };
        /** @description Body of `PUT /session/password`. It prints nothing. */
        PasswordJson: {
            /** @description The present password. */
            password?: null | string;
            /** @description At least 12 characters. */
            newPassword?: null | string;
        };
        PaymentJson: {
            channel: string;
            transactionId: string;
            storeOrderId: null | string;
            environment: string;
            money: null | string;
            currency: null | string;
            productId: null | string;
            /** Format: int32 */
            quantity: number;
            /** Format: date-time */
            purchasedAt: null | string;
            /** @description The channel's account that proved it, where the app has several. */
            account?: null | string;
        };
        /** @description Body of `POST /apps/{gameId}/players/erase` and `…/export`. */
        PlayerJson: {
            userId?: null | string;
            reason?: null | string;
        };
        /**
         * @description Body of `POST /users/{uid}/points`. `amount` is decimal text (a JSON number is taken by its text), negative where it
         *         takes away.
         */
        PostingJson: {
            amount?: components["schemas"]["JsonElement"];
            reason?: null | string;
            idempotencyKey?: null | string;
        };
        /** @description Body of `POST /apps/{gameId}/probe`. */
        ProbeJson: {
            /** @description The address that callbacks are to go to. */
            url?: null | string;
        };
        /** @description What a probe has found, in the order of its steps. */
        ProbedJson: {
            findings: components["schemas"]["FindingJson"][];
        };
        ProblemDetails: {
            type?: null | string;
            title?: null | string;
            /** Format: int32 */
            status?: null | number;
            detail?: null | string;
            instance?: null | string;
        };
        /** @description Body of manual operations. */
        ReasonJson: {
            reason?: null | string;
        };
        /**
         * @description The result of the query: `paid`, `alreadyPaid`, `held`, `notPaid`, `tryLater` or `cannotAsk`,
         *         the reason, and the order afterwards.
         */
        RecheckJson: {
            outcome: string;
            reason: string;
            order: components["schemas"]["OrderJson"];
        };
        /** @description A recipe that comes with the program. */
        RecipeJson: {
            /** @description What an app's settings name it by. */
            name: string;
            /** @description The store. */
            title: string;
            /** @description The store's document. */
            document: string;
            /** @description What the app's settings must give beside `recipe`. */
            settings: string[];
            /** @description The recipe itself, to be changed where the store is not quite like it. */
            recipe: components["schemas"]["JsonElement"];
            /** @description Where the store has to notify this app, where the channel has the recipe's name. */
            notifyUrl: null | string;
        };
        /**
         * @description A reconciliation. `state` is receiving, matching or done; `progress` is percent. `differences` is how many were
         *         found, `open` how many of them are not repaired; `account` is the channel's account whose statement it is, where the app has
         *         several.
         */
        ReconciliationAnswerJson: {
            id: string;
            channel: string;
            /** Format: int64 */
            gameId: number;
            day: string;
            lastDay: string;
            format: string;
            sha256: null | string;
            state: string;
            /** Format: int32 */
            progress: number;
            counts: components["schemas"]["ReconciliationCounts"];
            /** Format: int64 */
            differences: number;
            /** Format: int64 */
            open: number;
            actor: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            finishedAt: null | string;
            account: null | string;
        };
        /** @description The counts of a reconciliation so far. */
        ReconciliationCounts: {
            /**
             * Format: int64
             * @description Lines of the file after its header.
             */
            lines?: number;
            /**
             * Format: int64
             * @description Of these: fees, downloads and others that are no purchase.
             */
            other?: number;
            /**
             * Format: int64
             * @description Of these: of other days.
             */
            otherDays?: number;
            /**
             * Format: int64
             * @description Of these: of other games of the same account.
             */
            otherGames?: number;
            /**
             * Format: int64
             * @description Of these: could not be read.
             */
            bad?: number;
            /**
             * Format: int64
             * @description Lines to reconcile, of which long ReconciliationCounts.Walked are done.
             */
            staged?: number;
            /** Format: int64 */
            walked?: number;
            /**
             * Format: int64
             * @description Our payments that were looked up in the statement.
             */
            payments?: number;
            /** Format: int64 */
            matched?: number;
            /**
             * Format: int64
             * @description Refunds that both sides know.
             */
            refundsMatched?: number;
            /**
             * Format: int64
             * @description Of those that matched: in another currency than the order's, so that amounts were not
             *         compared.
             */
            otherCurrency?: number;
            /**
             * Format: int64
             * @description Refunded pieces of an aggregate.
             */
            returnedUnits?: number;
            /** Format: int64 */
            missingHere?: number;
            /** Format: int64 */
            missingThere?: number;
            /** Format: int64 */
            amountDiffers?: number;
            /** Format: int64 */
            refundedThere?: number;
        };
        /** @description Body of `POST /callbacks/redeliver`. */
        RedeliverJson: {
            gameId?: components["schemas"]["JsonElement"];
            status?: null | string;
            since?: null | string;
        };
        /** @description Body of `POST /orders/{orderId}/refund-answer`. */
        RefundAnswerJson: {
            /** @description `decline`, `approve` or `neutral`. */
            preference?: null | string;
            reason?: null | string;
            /**
             * Format: int32
             * @description How much of the purchase the player has used, in thousandths of a percent, 0 to 100,000; null: not said.
             */
            consumedMilliPercent?: null | number;
            /** @description Whether the player has agreed that this is reported; Apple takes no answer without it. Default false. */
            customerConsented?: boolean;
        };
        /** @description Body of `POST /orders/{orderId}/refund`. */
        RefundJson: {
            reason?: null | string;
            /** @description How much, as text; absent or null: all that is left. */
            money?: components["schemas"]["JsonElement"];
            /**
             * @description Whether the store that took the money is to give it back. Default false: the refund was made elsewhere, and is only
             *         recorded.
             */
            atStore?: boolean;
        };
        /** @description A store's question about a refund. */
        RefundQuestionJson: {
            /** @description The order. */
            orderId: string;
            /**
             * Format: date-time
             * @description Until when the store takes the answer.
             */
            deadline: string;
        };
        /** @description A refund of an order's payment. */
        RefundedJson: {
            /** @description Its number at the store: ours where we asked for it or recorded it. */
            number: string;
            /** @description How much, in the payment's currency. */
            money: string;
            /**
             * @description `asked`, `done`, `failed`, `closed` (for good), `unknown` or
             *         `reversed`.
             */
            state: string;
            /** @description Whether the store gives it back; false: it was made elsewhere and recorded. */
            atStore: boolean;
            /**
             * Format: date-time
             * @description When it was asked for, recorded or first reported.
             */
            askedAt: string;
            /**
             * Format: date-time
             * @description When the money was known to be back.
             */
            doneAt?: null | string;
            /** @description Who wanted it; absent: the store reported it by itself. */
            actor?: null | string;
            reason?: null | string;
            /** @description What the store said last, where that needs words. */
            outcome?: null | string;
            /** @description The store's own number, beside ours. */
            storeNumber?: null | string;
            /**
             * Format: date-time
             * @description When the store is asked again.
             */
            nextAt?: null | string;
        };
        /**
         * @description A receipt that was presented for an order and refused. `authentic`: the store attests the purchase; false: the numbers
         *         are what the receipt says of itself, and may be invented.
         */
        RefusedReceiptJson: {
            channel: null | string;
            transactionId: null | string;
            storeOrderId: null | string;
            environment: null | string;
            productId: null | string;
            authentic: boolean;
            reason: string;
            /** Format: date-time */
            firstAt: string;
            /** Format: date-time */
            lastAt: string;
            /** Format: int64 */
            count: number;
        };
        /** @description A card that was not taken, since it is known already. `ProductId`: whose it is, where it is the same game's. */
        RepeatedCardJson: {
            /**
             * Format: int32
             * @description Its place in `cards`, from 0.
             */
            index: number;
            /** @description Its number, masked. */
            cardNo: string;
            /** @description Null: another game's. */
            productId: null | string;
            /** @description For people. */
            reason: string;
        };
        /** @description What was done about a difference. `state` is open (it was refused), begun or done. */
        ResolutionJson: {
            state: string;
            action: null | string;
            actor: null | string;
            reason: null | string;
            /** Format: date-time */
            at: null | string;
            outcome: null | string;
        };
        /** @description Body of a repair. `orderId` names the order where the difference knows none. */
        ResolutionRequestJson: {
            action?: null | string;
            reason?: null | string;
            orderId?: null | string;
        };
        /** @description Body of `POST /orders/{orderId}/result`. */
        ResultJson: {
            status?: null | string;
            cards?: null | components["schemas"]["CardItemJson"][];
            reason?: null | string;
        };
        /** @description Body of `POST /apps/{gameId}/secrets`. */
        RotateJson: {
            secret?: null | string;
            /**
             * Format: int64
             * @description How long the secrets before go on verifying, seconds.
             */
            previousValidSeconds?: number;
        };
        /** @description One thing that was found. */
        SearchItemJson: {
            /** @description `order`, `player`, `callback` or `notification`. */
            kind: string;
            /** @description The order's number, the player's, the callback's id or the notification's. */
            id: string;
            /**
             * Format: int64
             * @description The game that it belongs to.
             */
            gameId: number;
            /** @description By what people know it. */
            title: string;
            /** @description What tells it apart: its game, its channel or event, its state, its time. */
            subtitle: string;
        };
        /** @description What a search has found. */
        SearchJson: {
            items: components["schemas"]["SearchItemJson"][];
        };
        /** @description The second factor: a secret that was drawn and waits for its first code, or whether there is a factor. */
        SecondFactorJson: {
            /** @description Whether he signs in with a code. */
            enrolled: boolean;
            /** @description Base32; only where it was drawn now. */
            secret?: null | string;
            /** @description The `otpauth://` address for a picture; only where it was drawn now. */
            uri?: null | string;
        };
        /** @description Who is signed in. */
        SessionJson: {
            /** @description The operator. */
            name: string;
            /** @description His role. */
            role: string;
            /** @description The games that he sees; null: all. */
            games: null | number[];
            /** @description What writes carry as `X-CSRF-Token`. */
            csrfToken: string;
            /** @description Whether every other call is refused until he has changed his first password. */
            mustChangePassword: boolean;
            /** @description Whether he signs in with a code. */
            hasSecondFactor: boolean;
        };
        /** @description Body of `POST /session`. It prints nothing. */
        SignInJson: {
            name?: null | string;
            password?: null | string;
            /** @description The code of the second factor, where the operator has one. */
            code?: null | string;
        };
        /** @description Body of `POST /apps/{gameId}/sign`. */
        SignJson: {
            /** @description The fields, decoded, in the order in which they stand in the body. */
            fields?: null | Record<string, never>;
            /** @description A text that somebody else hashed, without the secret. */
            against?: null | string;
        };
        /**
         * @description A signature and its text; `hashed` ends with the secret, masked. `firstDifference` counts characters from 0; null:
         *         none, or nothing to compare.
         */
        SignedJson: {
            rule: string;
            hashed: string;
            sign: string;
            /** Format: int32 */
            firstDifference: null | number;
        };
        /** @description A text that is signed. */
        SignedTextJson: {
            /** @description Where the signature stands: `sign` in the body, or a header. */
            name: string;
            /** @description How it is made. */
            rule: string;
            /** @description What is signed. */
            text: string;
        };
        /** @description How mail is sent. */
        SmtpSettings: {
            /** @description The mail server's name or address. */
            host?: null | string;
            /**
             * Format: int32
             * @description Left out: 587, with `tls` 465.
             */
            port?: null | number;
            /** @description `starttls`, `tls` or `none`; left out: `starttls`, which fails where the server has none. */
            security?: null | string;
            /** @description Left out: nobody signs in. */
            userName?: null | string;
            password?: null | string;
            /** @description The sender's address. */
            from?: null | string;
            /** @description The receivers' addresses. */
            to?: null | string[];
        };
        /**
         * @description A statement that is fetched from a store. `state` is waiting, fetched or failed; `message` is what the last try gave;
         *         `nextTryAt` is null where it is not tried any more; `account` is the channel's account whose
         *         statement it is, where the app has several.
         */
        StatementFetchJson: {
            id: string;
            /** Format: int64 */
            gameId: number;
            channel: string;
            day: string;
            lastDay: string;
            state: string;
            /** Format: int32 */
            failures: number;
            message: string;
            reconciliationId: null | string;
            /** Format: date-time */
            nextTryAt: null | string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            account: null | string;
        };
        /** @description Body of `POST /statement-fetches`. */
        StatementFetchRequestJson: {
            gameId?: components["schemas"]["JsonElement"];
            channel?: null | string;
            /** @description The channel's account whose statement it is; may be left out where there is one. */
            account?: null | string;
            /** @description A day, `yyyy-MM-dd`; the period that it lies in is fetched. */
            day?: null | string;
            reason?: null | string;
        };
        /**
         * @description Statistics in the order of time, key and currency. What counts nothing is left out. Money is in an item's currency; sums over
         *         currencies would mean nothing.
         */
        StatisticsJson: {
            /**
             * Format: date-time
             * @description From when on: the beginning of the hour that was asked for.
             */
            from: string;
            /**
             * Format: date-time
             * @description Until before when: the end of the hour that was asked for.
             */
            to: string;
            /** @description hour or day. */
            step: string;
            /** @description game, channel, currency or product. */
            by: string;
            /** @description Orders without tests. */
            items: components["schemas"]["OrderStatisticsJson"][];
            /** @description Orders that testers or a sandbox paid. */
            tests: components["schemas"]["OrderStatisticsJson"][];
            /** @description Refused receipts and callbacks, which have no currency. */
            health: components["schemas"]["HealthStatisticsJson"][];
        };
        /** @description A product's stock, and the paid orders that wait for it. */
        StockJson: {
            productId: string;
            /** Format: int64 */
            inStock: number;
            /** Format: int64 */
            waitingOrders: number;
            /** Format: int64 */
            waitingCards: number;
            /** Format: date-time */
            waitingSince: null | string;
        };
        /** @description An API token. `secret`: the token itself, shown once, where it was made now. */
        TokenJson: {
            id: string;
            name: string;
            role: string;
            games: null | number[];
            /** Format: date-time */
            expiresAt: null | string;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            secret?: null | string;
        };
        /** @description An answer to a store. */
        TriedAnswerJson: {
            /** Format: int32 */
            status: number;
            body: string;
        };
        /** @description How a channel read a sample. `signedText` is what the store signs, the key in it masked. */
        TriedJson: {
            /**
             * @description `paid`, `refunded`, `ignored`, `unreadable` (authentic, waits for a person) or
             *         `refused` (not the store's for this app).
             */
            verdict: string;
            /** @description Why, where it is neither paid nor refunded. */
            reason: null | string;
            /** @description Null: the sample could not be read. */
            signedText: null | string;
            /** @description What was read. */
            fields: {
                [key: string]: string;
            };
            payment: null | components["schemas"]["PaymentJson"];
            order: null | components["schemas"]["TriedOrderJson"];
            /** @description What the store would be answered. */
            answer: components["schemas"]["TriedAnswerJson"];
            /** @description Where the store has to notify this app. */
            notifyUrl: null | string;
        };
        /** @description The order that a sample would touch. */
        TriedOrderJson: {
            /** @description The order. */
            orderId: string;
            /** @description As in `GET /orders/{orderId}`. */
            payState: string;
            /** @description As in `GET /orders/{orderId}`. */
            state: string;
            /** @description Why the order would not become paid; null: it would, or it was before. */
            contradiction: null | string;
        };
        /** @description Body of `POST /apps/{gameId}/channels/{name}/try`. */
        TryJson: {
            /** @description The body of a notification as the store sent it, or the query where it comes in one. */
            sample?: null | string;
        };
        /** @description An authentic payment that paid nothing here. */
        UnappliedJson: {
            /** @description The payment. */
            payment: components["schemas"]["PaymentJson"];
            /**
             * Format: date-time
             * @description When it was presented first.
             */
            seenAt: string;
            /** @description Why it paid nothing. */
            reason: string;
            /**
             * Format: date-time
             * @description Since when nobody need look at it: a person has decided about its order or settled it, or the store gave the
             *         money back; null: somebody has to.
             */
            settledAt: null | string;
        };
        UserJson: {
            uid: string;
            platAccount: string;
            userName: string;
        };
        /**
         * @description Body of `PUT /users/{uid}`: an absent field keeps its value. `platAccount` is text (a JSON number is taken by its
         *         text).
         */
        UserPutJson: {
            platAccount?: components["schemas"]["JsonElement"];
            userName?: null | string;
        };
        /** @description What needs a person. */
        WorkJson: {
            /** @description By game, ascending; a game that needs nobody has no item. */
            items: components["schemas"]["GameWorkJson"][];
            /** @description Whether games are missing because too much is open. */
            isMore: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
