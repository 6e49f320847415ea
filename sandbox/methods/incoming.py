"""Methods by which the bot hears: long polling and the webhook."""

from __future__ import annotations

import re

from sandbox.params import Params
from sandbox.wire import Json, bad_request
from sandbox.world import World

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(world: World, params: Params) -> list[Json]:
    """getUpdates."""
    world.updates.allow(params.data("allowed_updates"))
    return await world.updates.poll(params.integer("offset"), params.integer("limit", 100), params.integer("timeout"))


async def set_webhook(world: World, params: Params) -> bool:
    """setWebhook: here plain http is fine too; an empty url takes the webhook away."""
    url = params.text("url")
    if not url:
        return await delete_webhook(world, params)
    if not url.startswith(("https://", "http://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    most = params.integer("max_connections", 40)
    if not 1 <= most <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    world.updates.allow(params.data("allowed_updates"))
    if params.flag("drop_pending_updates"):
        world.updates.drop()
    await world.webhook.start(url, secret, most)
    return True


async def delete_webhook(world: World, params: Params) -> bool:
    """deleteWebhook."""
    await world.webhook.stop()
    if params.flag("drop_pending_updates"):
        world.updates.drop()
    return True


def get_webhook_info(world: World, _params: Params) -> Json:
    """getWebhookInfo."""
    info = {"pending_update_count": len(world.updates.waiting), **world.webhook.info()}
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


METHODS = {"getWebhookInfo": get_webhook_info}
SLOW_METHODS = {"getUpdates": get_updates, "setWebhook": set_webhook, "deleteWebhook": delete_webhook}
